// One test for each row of the error tables: section 2 of the specification.

import test from 'ava'
import {
  AlreadyRegisteredError,
  BadArgumentError,
  DeregisterTimeoutError,
  EvictedError,
  LocalManager,
  localManager,
  ManagerInUseError,
  NotRegisteredError,
  PausedError,
  PrimitiveError,
  ReclaimError,
  ReentrancyError,
  ReleasedError,
  SharedManager,
} from './public.js'
import { at, LATER_MS, setUp } from './qsbr.test.kit.js'

const BAD_INTEGERS: readonly unknown[] = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined, null, 2 ** 40]

test('qsbr errors: bad options', (t) => {
  for (const executorCapacity of [0, 17, 1.5, '3', null, Number.NaN]) {
    const error = t.throws(() => SharedManager.create({ executorCapacity } as never), { instanceOf: BadArgumentError, code: 'BAD_ARGUMENT' })
    t.is(error?.argument, 'executorCapacity')
    t.is(error?.value, executorCapacity)
  }
  for (const epochMsMin of [-1, 60_001, 0.5, '3', null]) t.throws(() => SharedManager.create({ epochMsMin } as never), { message: /expected epochMsMin to be/ })
  t.throws(() => SharedManager.create(null as never), { message: /expected options to be an object/ })
  t.throws(() => SharedManager.init(new ArrayBuffer(64) as never, 0), { message: /expected buffer to be a SharedArrayBuffer/ })
  t.throws(() => SharedManager.attach({} as never, 0), { message: /expected buffer to be a SharedArrayBuffer/ })
})

test('qsbr errors: a bad executor id, also where the capacity is less than 16', (t) => {
  const manager = SharedManager.create({ executorCapacity: 3 })
  for (const id of [...BAD_INTEGERS, 3]) {
    t.throws(() => manager.registerNewExecutor(id as number), { instanceOf: BadArgumentError, message: /an integer from 0 to 2/ })
    t.throws(() => manager.forceDeregister(id as number), { instanceOf: BadArgumentError })
  }
  t.deepEqual(manager.executors(), { registered: 0, notYetPassed: 0 })
})

test('qsbr errors: a bad time, a bad bound, a bad grace epoch', (t) => {
  const { host, locals } = setUp(1)
  const local = at(locals, 0)
  for (const now of [Number.NaN, Number.POSITIVE_INFINITY, '1', undefined, 1n])
    t.throws(() => local.maybePassEpoch(now as number), { instanceOf: BadArgumentError, message: /expected now to be a finite number of ms/ })
  for (const waitMsMax of [-1, 600_001, 0.5, '1', null])
    t.throws(() => local.deregister(waitMsMax as number), { instanceOf: BadArgumentError, message: /expected waitMsMax/ })
  for (const epoch of [-1, 2 ** 32, 0.5, undefined]) t.throws(() => host.isGraceOver(epoch as number), { instanceOf: BadArgumentError })
  t.is(local.inspect().phase, 'registered')
})

test('qsbr errors: a bad reclaimer, a bad closure, bad refs', (t) => {
  const { locals, reclaimer } = setUp(1)
  const local = at(locals, 0)
  for (const bad of [undefined, null, {}, { free: 1 }, 3]) {
    t.throws(() => local.scheduleDeallocate(bad as never, 1), { instanceOf: BadArgumentError, message: /expected reclaimer to be/ })
    t.throws(() => local.scheduleDeallocateSlice(bad as never, [1]), { instanceOf: BadArgumentError })
  }
  for (const bad of [undefined, null, {}, 'f'])
    t.throws(() => local.scheduleDrop(bad as never), { instanceOf: BadArgumentError, message: /expected f to be a function/ })
  for (const bad of [undefined, { length: 1 }, 'abc'])
    t.throws(() => local.scheduleDeallocateSlice(reclaimer, bad as never), { message: /expected refs to be an array/ })
  t.is(local.pendingReclaims(), 0)
})

test('qsbr errors: AlreadyRegisteredError for an id that is registered, and for a thread that has a local manager', (t) => {
  const { buffer, host, managers } = setUp(1)
  const before = host.inspect()
  const taken = t.throws(() => SharedManager.attach(buffer, 0).registerNewExecutor(0), { instanceOf: AlreadyRegisteredError, code: 'QSBR_ALREADY_REGISTERED' })
  t.is(taken?.executorId, 0)
  t.throws(() => at(managers, 0).registerNewExecutor(1), { instanceOf: AlreadyRegisteredError })
  t.throws(() => at(managers, 0).clone().registerNewExecutor(1), { instanceOf: AlreadyRegisteredError })
  t.deepEqual(host.inspect(), before)
})

test('qsbr errors: NotRegisteredError without a local manager, after deregister, and for an eviction of nobody', (t) => {
  const { host, locals, reclaimer } = setUp(1)
  const error = { instanceOf: NotRegisteredError, code: 'QSBR_NOT_REGISTERED' }
  t.throws(() => localManager(host), error)
  t.throws(() => host.localManager(), error)
  t.throws(() => LocalManager.deregister(host), error)
  t.throws(() => host.forceDeregister(3), error)
  const local = at(locals, 0)
  local.deregister()
  t.throws(() => local.deregister(), error)
  t.throws(() => local.maybePassEpoch(LATER_MS), error)
  t.throws(() => local.temporaryDeregister(), error)
  t.throws(() => local.resumeAfterTemporaryDeregister(), error)
  t.throws(() => local.scheduleDeallocate(reclaimer, 1), error)
})

test('qsbr errors: PausedError for what only a registered executor may do, and for a resume of one', (t) => {
  const { locals, reclaimer } = setUp(1)
  const local = at(locals, 0)
  const error = { instanceOf: PausedError, code: 'QSBR_PAUSED' }
  t.throws(() => local.resumeAfterTemporaryDeregister(), { ...error, message: /expected executor 0 to be paused/ })
  local.temporaryDeregister()
  t.throws(() => local.scheduleDeallocate(reclaimer, 1), error)
  t.throws(() => local.scheduleDeallocateSlice(reclaimer, [1]), error)
  t.throws(() => local.scheduleDrop(() => {}), error)
  t.throws(() => local.maybePassEpoch(LATER_MS), error)
  t.throws(() => local.temporaryDeregister(), error)
  t.is(local.resumeAfterTemporaryDeregister(), 0)
})

test('qsbr errors: EvictedError at a pass or a pause, and ever after; deregister still frees', (t) => {
  const { host, locals, reclaimer, freed } = setUp(3)
  const error = { instanceOf: EvictedError, code: 'QSBR_EVICTED' }
  const [passes, pauses, stays] = [at(locals, 0), at(locals, 1), at(locals, 2)]
  passes.scheduleDeallocate(reclaimer, 'a')
  host.forceDeregister(0)
  host.forceDeregister(1)
  t.throws(() => passes.maybePassEpoch(LATER_MS), error)
  t.throws(() => pauses.temporaryDeregister(), error)
  for (const local of [passes, pauses]) {
    t.is(local.inspect().phase, 'evicted')
    t.throws(() => local.maybePassEpoch(LATER_MS), error)
    t.throws(() => local.resumeAfterTemporaryDeregister(), error)
    t.throws(() => local.scheduleDrop(() => {}), error)
  }
  t.throws(() => passes.deregister(0), { instanceOf: DeregisterTimeoutError })
  stays.deregister()
  passes.deregister(0)
  pauses.deregister(0)
  t.deepEqual(freed, ['a'])
})

test('qsbr errors: ReentrancyError from inside an entry; nothing is changed', (t) => {
  const { locals } = setUp(1)
  const local = at(locals, 0)
  const seen: unknown[] = []
  const attempt = (run: () => unknown) => {
    const before = local.inspect()
    seen.push(t.throws(run, { instanceOf: ReentrancyError, code: 'QSBR_REENTRANCY' }))
    t.deepEqual(local.inspect(), before)
  }
  local.scheduleDrop(() => {
    attempt(() => local.maybePassEpoch(LATER_MS))
    attempt(() => local.temporaryDeregister())
    attempt(() => local.resumeAfterTemporaryDeregister())
    attempt(() => local.deregister())
  })
  t.is(local.maybePassEpoch(LATER_MS), 0)
  t.is(local.maybePassEpoch(LATER_MS), 1)
  t.is(seen.length, 4)
})

test('qsbr errors: DeregisterTimeoutError says how many are left; calling again goes on waiting', (t) => {
  const { locals, reclaimer, freed } = setUp(2)
  const [leaves, stays] = [at(locals, 0), at(locals, 1)]
  leaves.scheduleDeallocateSlice(reclaimer, ['a', 'b'])
  const startMs = performance.now()
  const error = t.throws(() => leaves.deregister(20), { instanceOf: DeregisterTimeoutError, code: 'QSBR_TIMEOUT' })
  t.true(performance.now() - startMs >= 20)
  t.is(error?.remaining, 2)
  t.throws(() => leaves.scheduleDeallocate(reclaimer, 'c'), { instanceOf: NotRegisteredError })
  stays.maybePassEpoch(LATER_MS)
  t.throws(() => leaves.deregister(0), { instanceOf: DeregisterTimeoutError })
  stays.maybePassEpoch(LATER_MS)
  leaves.deregister(0)
  t.deepEqual(freed, ['a', 'b'])
})

test('qsbr errors: ReclaimError carries what entries threw, after all were run', (t) => {
  const { locals, freed } = setUp(1)
  const local = at(locals, 0)
  const reclaimer = {
    free(ref: number) {
      freed.push(ref)
      if (ref % 2 === 1) throw new RangeError(`${ref}`)
    },
  }
  local.scheduleDeallocateSlice(reclaimer, [1, 2, 3])
  local.scheduleDrop(() => {
    throw 'text'
  })
  local.scheduleDrop(() => freed.push('last'))
  t.is(local.maybePassEpoch(LATER_MS), 0)
  const error = t.throws(() => local.maybePassEpoch(LATER_MS), { instanceOf: ReclaimError, code: 'QSBR_RECLAIM' })
  t.deepEqual(freed, [1, 2, 3, 'last'])
  t.deepEqual(error?.errors.map(String), ['RangeError: 1', 'RangeError: 3', 'text'])
  t.is(local.pendingReclaims(), 0)
  t.is(local.maybePassEpoch(LATER_MS), 0)
})

test('qsbr errors: ReclaimError of resume and of deregister leaves them done; a time-out has it as its cause', (t) => {
  const { managers, locals } = setUp(2)
  const [local, other] = [at(locals, 0), at(locals, 1)]
  const throws = () => {
    throw new Error('on purpose')
  }
  local.scheduleDrop(throws)
  local.temporaryDeregister()
  other.maybePassEpoch(LATER_MS)
  other.maybePassEpoch(LATER_MS)
  t.throws(() => local.resumeAfterTemporaryDeregister(), { instanceOf: ReclaimError })
  t.is(local.inspect().phase, 'registered')

  local.scheduleDrop(() => {
    local.scheduleDrop(() => {})
    throws()
  })
  for (const executor of [local, other, local, local, other, other]) executor.maybePassEpoch(LATER_MS)
  const late = t.throws(() => local.deregister(0), { instanceOf: DeregisterTimeoutError })
  t.true(late?.cause instanceof ReclaimError)
  other.scheduleDrop(throws)
  t.throws(() => other.deregister(0), { instanceOf: ReclaimError })
  t.throws(() => at(managers, 1).localManager(), { instanceOf: NotRegisteredError })
  local.deregister(0)
})

test('qsbr errors: ManagerInUseError while an executor is registered, through whichever handle; the handle stays open', (t) => {
  const { host, locals } = setUp(2)
  const error = t.throws(() => host.close(), { instanceOf: ManagerInUseError, code: 'QSBR_IN_USE' })
  t.deepEqual(error?.executorIds, [0, 1])
  for (const local of locals) local.deregister()
  host.close()
})

test('qsbr errors: ReleasedError for a handle that was closed; a clone is closed apart', (t) => {
  const manager = SharedManager.create()
  const clone = manager.clone()
  manager.close()
  const error = { instanceOf: ReleasedError, code: 'RELEASED' }
  t.throws(() => manager.close(), error)
  t.throws(() => manager.clone(), error)
  t.throws(() => manager.registerNewExecutor(0), error)
  t.throws(() => manager.localManager(), error)
  t.throws(() => manager.currentEpoch(), error)
  t.throws(() => manager.executors(), error)
  t.throws(() => manager.graceEpoch(), error)
  t.throws(() => manager.isGraceOver(0), error)
  t.throws(() => manager.forceDeregister(0), error)
  clone.registerNewExecutor(0).deregister()
  clone.close()
})

test('qsbr errors: all are PrimitiveErrors', (t) => {
  for (const one of [
    AlreadyRegisteredError,
    NotRegisteredError,
    PausedError,
    EvictedError,
    ReentrancyError,
    DeregisterTimeoutError,
    ReclaimError,
    ManagerInUseError,
  ])
    t.true(one.prototype instanceof PrimitiveError)
})
