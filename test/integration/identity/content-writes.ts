import { body } from '../../support/journey.js';
import { SAMPLE_PNG } from '../../support/sample-files.js';
import type { Program, Write } from './operator-writes.js';

const CONTACTS = 'operator/contacts';
const FAQ = 'operator/faq';
const NEWS = 'operator/news';
const TERMS = 'operator/terms';

const contact = ({ scene: { brandId } }: Program) => ({ brandId, name: 'Olga', email: 'olga@fox.example' });
const question = { topic: 'general', question: 'When?', answer: 'Soon.' };
const news = { title: 'Fox joins', body: 'From **today** on.' };
const terms = { kind: 'terms', title: 'Terms', body: 'Fair.' };
const image = { content: SAMPLE_PNG, fileName: 'fox.png' };

const ofTerms = async (program: Program) => `${TERMS}/${await program.make(TERMS, terms)}`;
const ofContact = async (program: Program) => `${CONTACTS}/${await program.make(CONTACTS, contact(program))}`;
const ofQuestion = async (program: Program) => `${FAQ}/${await program.make(FAQ, question)}`;
const ofNews = async (program: Program) => `${NEWS}/${await program.make(NEWS, news)}`;

/** A call that succeeds for every route by which operators write contents. */
export const contentWrites: Readonly<Record<string, (program: Program) => Promise<Write> | Write>> = {
  'PUT /api/v1/operator/partners/{id}/manager': async ({ operator, wallet }) => ({
    path: `operator/partners/${wallet.ownerId}/manager`,
    payload: { managerId: body<{ user: { id: string } }>(await operator.get('me'), 200).user.id },
  }),
  'POST /api/v1/operator/contacts': (program) => ({ path: CONTACTS, payload: contact(program) }),
  'PATCH /api/v1/operator/contacts/{id}': async (program) => ({
    path: await ofContact(program),
    payload: { phone: '+35621234567' },
  }),
  'DELETE /api/v1/operator/contacts/{id}': async (program) => ({ path: await ofContact(program) }),
  'POST /api/v1/operator/terms': () => ({ path: TERMS, payload: terms }),
  'PATCH /api/v1/operator/terms/{id}': async (program) => ({
    path: await ofTerms(program),
    payload: { title: 'Terms of use' },
  }),
  'DELETE /api/v1/operator/terms/{id}': async (program) => ({ path: await ofTerms(program) }),
  'POST /api/v1/operator/terms/{id}/publish': async (program) => ({
    path: `${await ofTerms(program)}/publish`,
  }),
  'POST /api/v1/operator/faq': () => ({ path: FAQ, payload: question }),
  'PATCH /api/v1/operator/faq/{id}': async (program) => ({
    path: await ofQuestion(program),
    payload: { published: false },
  }),
  'DELETE /api/v1/operator/faq/{id}': async (program) => ({ path: await ofQuestion(program) }),
  'POST /api/v1/operator/news': () => ({ path: NEWS, payload: news }),
  'PATCH /api/v1/operator/news/{id}': async (program) => ({
    path: await ofNews(program),
    payload: { countries: ['DE'] },
  }),
  'DELETE /api/v1/operator/news/{id}': async (program) => ({ path: await ofNews(program) }),
  'POST /api/v1/operator/news/{id}/publish': async (program) => ({
    path: `${await ofNews(program)}/publish`,
  }),
  'POST /api/v1/operator/news/{id}/archive': async (program) => {
    const path = await ofNews(program);
    body(await program.operator.post(`${path}/publish`), 200);
    return { path: `${path}/archive` };
  },
  'POST /api/v1/operator/news/{id}/images': async (program) => ({
    path: `${await ofNews(program)}/images`,
    file: image,
  }),
  'DELETE /api/v1/operator/news/{id}/images/{imageId}': async (program) => {
    const path = `${await ofNews(program)}/images`;
    const { id } = body<{ id: string }>(await program.operator.upload(path, image), 201);
    return { path: `${path}/${id}` };
  },
};
