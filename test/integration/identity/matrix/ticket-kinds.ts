import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileStore } from '../../../../src/platform/index.js';
import { AT, type Kind, row } from './kinds.js';
import { insert } from './scene.js';

const values = (userId: string) => ({
  reference: `TKT-${randomUUID()}`,
  opened_by: userId,
  category: 'general',
  subject: 'When?',
  priority: 'normal',
  state: 'open',
  created_at: AT,
  last_message_at: AT,
});

export const ticket = row('tickets', (_, { partnerId, userId }) => ({
  ...values(userId),
  partner_id: partnerId,
}));

export const brandTicket = row('tickets', (_, { brandId, userId }) => ({
  ...values(userId),
  brand_id: brandId,
}));

/** A file of a message of the ticket. */
export const ticketFile: Kind = {
  make: async ({ app }, { userId }, [ticketId]) => {
    const messageId = await insert(app, 'ticket_messages', {
      ticket_id: ticketId,
      author_id: userId,
      by_operator: false,
      internal: false,
      body: 'See there.',
      created_at: AT,
    });
    const id = await insert(app, 'ticket_attachments', {
      uploaded_by: userId,
      message_id: messageId,
      file_name: 'there.pdf',
      media_type: 'application/pdf',
      size_bytes: 4,
    });
    await app.app.get(FileStore).put(`tickets/${id}`, Readable.from(['%PDF']));
    return id;
  },
};
