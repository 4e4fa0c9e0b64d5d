import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelRequest } from '../../src/approvals/cancel-request.ts';
import { expireRequest } from '../../src/approvals/expire-request.ts';
import { getRequest } from '../../src/approvals/get-request.ts';
import { sweepRequests } from '../../src/approvals/sweep-requests.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
const day = 86_400;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
});
afterAll(() => world.stop());

const stateOf = async (id: string | null) =>
  (await getRequest(world.deps, callerOf(engineer, world.now()), id ?? '')).state;

test('an unanswered request expires when due, once, and not before', async () => {
  const { id } = await world.ask(engineer);
  const requestId = id ?? '';
  expect(await expireRequest(world.deps, { requestId })).toBe(false);
  expect(await stateOf(id)).toBe('pending');
  world.move(day);
  expect(await expireRequest(world.deps, { requestId })).toBe(true);
  expect(await expireRequest(world.deps, { requestId })).toBe(false);
  expect(await expireRequest(world.deps, { requestId: 'req_00000000000000000000000000' })).toBe(false);
  expect(await stateOf(id)).toBe('expired');
  expect(await world.kinds(id)).toEqual(['request.expired', 'request.submitted']);
});

test('after its time a request cannot be answered or cancelled, even before the sweep came by', async () => {
  const asked = await world.ask(engineer);
  world.move(day);
  const view = await getRequest(world.deps, callerOf(approver, world.now()), asked.id ?? '');
  expect(view).toMatchObject({ mayReview: false, waitingFor: [] });
  expect(await refusalOf(world.answer(approver, asked))).toMatchObject({
    code: 'already_decided',
    extra: { state: 'expired' },
  });
  const cancel = cancelRequest(world.deps, callerOf(engineer, world.now()), { id: asked.id ?? '' });
  expect((await refusalOf(cancel)).code).toBe('already_decided');
});

test('the sweep finds everything that is due without its job, and leaves the rest', async () => {
  await sweepRequests(world.deps);
  const due = [await world.ask(engineer), await world.ask(engineer)];
  world.move(day - 10);
  const fresh = await world.ask(engineer);
  world.move(10);
  const decided = await world.ask(engineer);
  await world.answer(approver, decided, 'deny');
  expect(await sweepRequests(world.deps)).toBe(2);
  expect(await sweepRequests(world.deps)).toBe(0);
  for (const { id } of due) expect(await stateOf(id)).toBe('expired');
  expect(await stateOf(fresh.id)).toBe('pending');
  expect(await stateOf(decided.id)).toBe('denied');
});

test('one request that cannot be expired holds up no other', async () => {
  const [stuck, other] = [await world.ask(engineer), await world.ask(engineer)];
  world.move(day);
  await world.root.query(`CREATE FUNCTION stick() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.id = '${stuck.id}' THEN RAISE EXCEPTION 'stuck'; END IF; RETURN NEW; END $$`);
  await world.root.query(
    'CREATE TRIGGER stick BEFORE UPDATE ON requests FOR EACH ROW EXECUTE FUNCTION stick()',
  );
  await expect(sweepRequests(world.deps)).rejects.toThrow('1 due requests could not be expired');
  expect(await stateOf(other.id)).toBe('expired');
  expect(await stateOf(stuck.id)).toBe('pending');
  await world.root.query('DROP TRIGGER stick ON requests');
  expect(await sweepRequests(world.deps)).toBe(1);
});

test('the requester takes a pending request back, an operator can too, and nobody else', async () => {
  const cancel = (person: TestPerson, id: string | null, isOperator = false) =>
    cancelRequest(world.deps, callerOf(person, world.now(), { isOperator }), { id: id ?? '' });
  const own = await world.ask(engineer);
  expect(await cancel(engineer, own.id)).toMatchObject({ state: 'cancelled', mayCancel: false });
  expect(await world.kinds(own.id)).toEqual(['request.cancelled', 'request.submitted']);
  expect((await refusalOf(cancel(engineer, own.id))).code).toBe('already_decided');
  expect((await refusalOf(world.answer(approver, own))).code).toBe('already_decided');

  const other = await world.ask(engineer);
  const stranger = await world.person('Sue', ['engineers']);
  expect((await refusalOf(cancel(stranger, other.id))).code).toBe('not_found');
  expect((await refusalOf(cancel(approver, other.id))).code).toBe('forbidden');
  expect((await refusalOf(cancel(engineer, 'req_00000000000000000000000000'))).code).toBe('not_found');
  expect((await cancel(stranger, other.id, true)).state).toBe('cancelled');
});
