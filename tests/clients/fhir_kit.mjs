// Asks a server with fhir-kit-client and prints what came, one JSON object: step -> answer or error.
// node fhir_kit.mjs FOLDER_OF_THE_PACKAGE BASE_URL     https://github.com/Vermonster/fhir-kit-client
import { pathToFileURL } from 'node:url';

const [, , folder, baseUrl] = process.argv;
const { Client } = await import(pathToFileURL(`${folder}/dist/index.js`));
const client = new Client({ baseUrl });
const resourceType = 'ResearchStudy';
const id = 'NCT05398809';

const status = (resource) => Client.httpFor(resource).response.status;
const get = (url) => ({ request: { method: 'GET', url } });
const first = await client.search({ resourceType, searchParams: { _count: 1, 'recruitment-status': 'recruiting' } });
const second = await client.nextPage({ bundle: first });
const study = await client.read({ resourceType, id });

const steps = {
  read: () => study,
  resolve: () => client.resolve({ reference: study.site[0].reference }),
  vread: () => client.vread({ resourceType, id, version: '1' }),
  conditionalRead: () => client.read({ resourceType, id, options: { headers: { 'If-None-Match': 'W/"0"' } } }),
  absent: () => client.read({ resourceType, id: 'NCT00000000' }),
  first: () => first,
  second: () => second,
  third: () => client.nextPage({ bundle: second }) ?? null,
  back: () => client.prevPage({ bundle: second }),
  beforeFirst: () => client.prevPage({ bundle: first }) ?? null,
  repeated: () => client.search({ resourceType, searchParams: { title: ['a', 'a real'], 'condition:missing': false } }),
  posted: () =>
    client.search({ resourceType, searchParams: { condition: 'eczema,vitiligo' }, options: { postSearch: true } }),
  system: () => client.search({ searchParams: { _type: 'Location,Organization', _summary: 'count' } }),
  systemPosted: () => client.systemSearch({ searchParams: { _type: 'Group' }, options: { postSearch: true } }),
  misspelt: () => client.search({ resourceType, searchParams: { conditon: 'vitiligo' } }),
  instanceHistory: () => client.history({ resourceType, id }),
  typeHistory: () => client.history({ resourceType }),
  systemHistory: () => client.history(),
  capabilityStatement: () => client.capabilityStatement(),
  batch: () =>
    client.batch({
      body: {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [get(`${resourceType}/${id}`), get('Group?_count=1'), get('Nothing/1'), get('metadata')],
      },
    }),
  transaction: () => client.transaction({ body: { resourceType: 'Bundle', type: 'transaction', entry: [] } }),
  create: () => client.create({ resourceType, body: study }),
  update: () => client.update({ resourceType, id, body: study }),
  remove: () => client.delete({ resourceType, id }),
  patch: () => client.patch({ resourceType, id, jsonPatch: [{ op: 'remove', path: '/title' }] }),
  validate: () => client.operation({ name: 'validate', resourceType, input: study }),
  validateInstance: () => client.operation({ name: '$validate', resourceType, id, method: 'GET' }),
  everything: () => client.operation({ name: '$everything', resourceType, id, method: 'GET', input: { _count: 3 } }),
  everythingPosted: () =>
    client.operation({
      name: '$everything',
      resourceType,
      id,
      input: { resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Group' }] },
    }),
};

const said = {};
for (const [name, step] of Object.entries(steps)) {
  try {
    const answer = await step();
    said[name] = { status: answer && status(answer), answer };
  } catch (error) {
    if (!error.response) throw error;
    said[name] = { status: error.response.status, answer: error.response.data };
  }
}
console.log(JSON.stringify(said));
