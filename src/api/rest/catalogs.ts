import { Type as T } from 'typebox';
import { approveCatalog } from '../../catalog-approval/approve-catalog.ts';
import { catalogChanges } from '../../catalog-approval/catalog-changes.ts';
import { getCatalog } from '../../catalog-approval/get-catalog.ts';
import { listCatalogs } from '../../catalog-approval/list-catalogs.ts';
import { rejectCatalog } from '../../catalog-approval/reject-catalog.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import {
  CatalogChanges,
  CatalogProposal,
  Catalogs,
  CatalogText,
  CatalogVersion,
  RejectCatalogInput,
} from './schemas/catalog.ts';
import { ref } from './schemas/ref.ts';

const params = T.Object({ version: CatalogVersion });
const problems = {
  404: 'No catalog of this digest was proposed.',
  409: 'It waits no more, or you have approved it already.',
};

/** Which catalog is in force, and how two operators put another one there. */
export function catalogRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/catalogs',
    {
      config: { operation: 'listCatalogs' },
      schema: {
        tags: ['service'],
        summary: 'Which catalog is in force, what is proposed, and what is wrong with the file',
        description: 'For operators and auditors.',
        response: { 200: ref(Catalogs) },
      },
    },
    (request) => listCatalogs(deps.catalogs, callerOf(request)),
  );
  app.get(
    '/v1/catalogs/:version',
    {
      config: { operation: 'getCatalog' },
      schema: {
        tags: ['service'],
        summary: 'The text of a catalog',
        description: 'For operators.',
        params,
        response: { 200: ref(CatalogText) },
        problems: { 404: 'No catalog of this digest was ever seen.' },
      },
    },
    (request) => getCatalog(deps.catalogs, callerOf(request), request.params.version),
  );
  app.get(
    '/v1/catalogs/:version/changes',
    {
      config: { operation: 'getCatalogChanges' },
      schema: {
        tags: ['service'],
        summary: 'What a catalog would change about the one in force: who gains what, and who loses it',
        description: 'For operators.',
        params,
        response: { 200: ref(CatalogChanges) },
        problems: {
          404: 'No catalog of this digest was ever seen.',
          422: 'It does not pass the checks of today.',
        },
      },
    },
    (request) => catalogChanges(deps.catalogs, callerOf(request), request.params.version),
  );
  app.post(
    '/v1/catalogs/:version/approvals',
    {
      config: { operation: 'approveCatalog' },
      preValidation: optionalBody,
      schema: {
        tags: ['service'],
        summary: 'Approve a proposed catalog; the second operator who does puts it in force',
        description:
          'For operators who have signed in with two factors within the last 15 minutes. One person counts once. The digest in the path is what is approved.',
        params,
        body: noInput,
        response: { 200: ref(CatalogProposal) },
        problems: { ...problems, 422: 'It does not pass the checks of today.' },
      },
    },
    (request) => approveCatalog(deps.catalogs, callerOf(request), request.params),
  );
  app.post(
    '/v1/catalogs/:version/reject',
    {
      config: { operation: 'rejectCatalog' },
      schema: {
        tags: ['service'],
        summary: 'Reject a proposed catalog; one operator is enough',
        description: 'For operators who have signed in with two factors within the last 15 minutes.',
        params,
        body: ref(RejectCatalogInput),
        response: { 200: ref(CatalogProposal) },
        problems,
      },
    },
    (request) => rejectCatalog(deps.catalogs, callerOf(request), { ...request.params, ...request.body }),
  );
}
