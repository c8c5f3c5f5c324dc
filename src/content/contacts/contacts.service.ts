import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { Brands, givenOf } from '../../brands/index.js';
import { type Actor, AuditLog } from '../../identity/index.js';
import { PersonalManagers } from '../../partner-management/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { Contact } from './contact.entity.js';
import type {
  ContactsQuery,
  CreateContactDto,
  PartnerContactDto,
  PartnerContactsDto,
  UpdateContactDto,
} from './contacts.dto.js';

/** Contacts of the program and of the brands that the partner has campaigns with. */
const OF_PARTNER = `
  SELECT c.id, c.name, c.role, c.email, c.phone, c.messenger, c.brand_id AS "brandId", b.name AS "brandName"
    FROM contacts c LEFT JOIN brands b ON b.id = c.brand_id
   WHERE c.brand_id IS NULL OR c.brand_id IN (SELECT brand_id FROM campaigns WHERE partner_id = $1)
   ORDER BY b.name, c.brand_id, c.position, c.id`;

type ContactOfPartner = PartnerContactDto & { brandId: string | null; brandName: string };

/** Whom partners turn to, by brand (A21, T12). */
@Injectable()
export class Contacts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly brands: Brands,
    private readonly managers: PersonalManagers,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Contacts in the order they were made. */
  async list({ brandId, limit, cursor }: ContactsQuery): Promise<Page<Contact>> {
    const rows = await this.dataSource.getRepository(Contact).find({
      where: {
        ...(brandId !== undefined && { brandId }),
        ...(cursor !== undefined && { id: MoreThan(idOfCursor(cursor)) }),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(id: string): Promise<Contact> {
    const contact = await this.dataSource.getRepository(Contact).findOneBy({ id });
    if (!contact) throw notFound('contact');
    return contact;
  }

  /** Whom the partner turns to: its manager, and the contacts of the program and of the brands it works with. */
  async ofPartner(partnerId: string): Promise<PartnerContactsDto> {
    const contacts = await this.dataSource.query<ContactOfPartner[]>(OF_PARTNER, [partnerId]);
    const general = contacts.filter(({ brandId }) => brandId === null);
    const byBrand = Map.groupBy(
      contacts.filter(({ brandId }) => brandId !== null),
      ({ brandId }) => brandId!,
    );
    return {
      manager: await this.managers.find(this.dataSource, partnerId),
      general: general.map(toPartnerContact),
      brands: [...byBrand].map(([brandId, some]) => ({
        brandId,
        brandName: some[0]!.brandName,
        contacts: some.map(toPartnerContact),
      })),
    };
  }

  /** Adds a contact. @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422) without any way to reach it */
  async create(tx: Tx, actor: Actor, input: CreateContactDto): Promise<Contact> {
    if (input.brandId) await this.brands.get(tx, input.brandId);
    const contact: Contact = {
      id: this.ids.next(),
      brandId: input.brandId ?? null,
      name: input.name,
      role: input.role ?? null,
      email: input.email ?? null,
      phone: input.phone ?? null,
      messenger: input.messenger ?? null,
      position: input.position ?? 0,
      createdAt: this.clock.now(),
    };
    assertReachable(contact);
    await tx.getRepository(Contact).insert(contact);
    await this.record(tx, actor, 'create', null, contact);
    return contact;
  }

  /** Changes a contact; only the given fields. @throws DomainError NOT_FOUND, VALIDATION_FAILED (422) as {@link create} */
  async change(tx: Tx, actor: Actor, id: string, change: UpdateContactDto): Promise<Contact> {
    const before = await lockContact(tx, id);
    const after = { ...before, ...givenOf(change) };
    assertReachable(after);
    await tx.getRepository(Contact).save(after);
    await this.record(tx, actor, 'change', before, after);
    return after;
  }

  /** @throws DomainError NOT_FOUND */
  async delete(tx: Tx, actor: Actor, id: string): Promise<void> {
    const contact = await lockContact(tx, id);
    await tx.getRepository(Contact).delete({ id });
    await this.record(tx, actor, 'delete', contact, null);
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: Contact | null,
    after: Contact | null,
  ): Promise<void> {
    const subject = { type: 'contact', id: (after ?? before)!.id };
    await this.auditLog.record(tx, actor, { action: `contact.${action}`, subject, before, after });
  }
}

async function lockContact(tx: Tx, id: string): Promise<Contact> {
  const contact = await tx
    .getRepository(Contact)
    .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!contact) throw notFound('contact');
  return contact;
}

function assertReachable({ email, phone, messenger }: Contact): void {
  if (email === null && phone === null && messenger === null)
    throw invalidField('email', 'must be given, or phone, or messenger: a contact can be reached');
}

function toPartnerContact({
  brandId: _id,
  brandName: _name,
  ...contact
}: ContactOfPartner): PartnerContactDto {
  return contact;
}
