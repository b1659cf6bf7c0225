// What executors do, one after the other: the freeing rule, pauses, leaving, the time gate. How they interleave is tried by the scenarios.

import test from 'ava'
import { LocalManager, localManager, SharedManager } from './public.js'
import { at, LATER_MS, setUp, writeWord } from './qsbr.test.kit.js'

test('qsbr: an entry is freed when the epoch has moved twice since its bag was closed', (t) => {
  const { locals, reclaimer, freed } = setUp(2)
  const [a, b] = [at(locals, 0), at(locals, 1)]
  a.scheduleDeallocate(reclaimer, 'x')
  t.is(a.maybePassEpoch(LATER_MS), 0) // closed in epoch 0
  t.is(a.maybePassEpoch(LATER_MS), 0) // passed already
  t.is(b.maybePassEpoch(LATER_MS), 0) // epoch 1
  t.is(a.maybePassEpoch(LATER_MS), 0) // notices
  t.is(a.currentEpoch(), 1)
  t.is(a.maybePassEpoch(LATER_MS), 0) // passes
  t.deepEqual(freed, [])
  t.is(b.maybePassEpoch(LATER_MS), 0) // epoch 2
  t.is(a.maybePassEpoch(LATER_MS), 1)
  t.deepEqual(freed, ['x'])
})

test('qsbr: addresses first, closures after, each in the order of retirement', (t) => {
  const { locals, reclaimer, freed } = setUp(1)
  const local = at(locals, 0)
  local.scheduleDrop(() => freed.push('f'))
  local.scheduleDeallocate(reclaimer, 1)
  local.scheduleDrop(() => freed.push('g'))
  local.scheduleDeallocateSlice(reclaimer, [2, 3])
  t.is(local.pendingReclaims(), 5)
  local.maybePassEpoch(LATER_MS)
  t.is(local.maybePassEpoch(LATER_MS), 5)
  t.deepEqual(freed, [1, 2, 3, 'f', 'g'])
  t.is(local.pendingReclaims(), 0)
})

test('qsbr: what a closure schedules joins the open bag', (t) => {
  const { locals, reclaimer, freed } = setUp(1)
  const local = at(locals, 0)
  local.scheduleDrop(() => {
    local.scheduleDeallocate(reclaimer, 'later')
    freed.push(local.pendingReclaims())
  })
  local.maybePassEpoch(LATER_MS)
  t.is(local.maybePassEpoch(LATER_MS), 1)
  t.deepEqual(freed, [1])
  local.maybePassEpoch(LATER_MS)
  local.maybePassEpoch(LATER_MS)
  t.deepEqual(freed, [1, 'later'])
})

test('qsbr: nothing happens before the shortest time between passes is over', (t) => {
  const { host, locals } = setUp(1, 1000)
  const local = at(locals, 0)
  // A whole number, so that the sums below are exact.
  const startMs = Math.ceil(performance.now())
  t.is(local.maybePassEpoch(startMs), 0)
  t.is(host.currentEpoch(), 0)
  local.maybePassEpoch(startMs + 1000)
  t.is(host.currentEpoch(), 1)
  local.maybePassEpoch(startMs + 1999)
  t.is(host.currentEpoch(), 1)
  local.maybePassEpoch(startMs + 2000)
  t.is(host.currentEpoch(), 2)
})

test('qsbr: who is paused is not waited for; its bags wait for it', (t) => {
  const { host, locals, reclaimer, freed } = setUp(2)
  const [a, b] = [at(locals, 0), at(locals, 1)]
  a.scheduleDeallocate(reclaimer, 'x')
  a.temporaryDeregister()
  t.deepEqual(host.executors(), { registered: 1, notYetPassed: 1 })
  for (let pass = 0; pass < 3; pass++) b.maybePassEpoch(LATER_MS)
  t.is(host.currentEpoch(), 3)
  t.deepEqual(freed, [])
  t.is(a.resumeAfterTemporaryDeregister(), 1)
  t.is(a.currentEpoch(), 3)
  t.deepEqual(host.executors(), { registered: 2, notYetPassed: 2 })
})

test('qsbr: bags that were closed in one epoch are one bag', (t) => {
  const { locals, reclaimer, freed } = setUp(2)
  const [a, b] = [at(locals, 0), at(locals, 1)]
  b.maybePassEpoch(LATER_MS)
  for (const ref of [1, 2, 3]) {
    b.scheduleDeallocate(reclaimer, ref)
    b.temporaryDeregister()
    b.resumeAfterTemporaryDeregister()
  }
  t.deepEqual(b.inspect().closedBags, [{ tag: 0, size: 3 }])
  b.temporaryDeregister()
  a.maybePassEpoch(LATER_MS)
  a.maybePassEpoch(LATER_MS)
  t.is(b.resumeAfterTemporaryDeregister(), 3)
  t.deepEqual(freed, [1, 2, 3])
})

test('qsbr: a pause tags with the epoch of the word, not the local one', (t) => {
  const { locals, reclaimer } = setUp(2)
  const [a, b] = [at(locals, 0), at(locals, 1)]
  a.maybePassEpoch(LATER_MS)
  b.maybePassEpoch(LATER_MS)
  t.is(a.currentEpoch(), 0)
  a.scheduleDeallocate(reclaimer, 'x')
  a.temporaryDeregister()
  t.deepEqual(a.inspect().closedBags, [{ tag: 1, size: 1 }])
})

test('qsbr: the last to leave frees all, at once', (t) => {
  const { host, managers, locals, reclaimer, freed } = setUp(1)
  at(locals, 0).scheduleDeallocate(reclaimer, 'x')
  LocalManager.deregister(at(managers, 0), 0)
  t.deepEqual(freed, ['x'])
  t.is(at(locals, 0).inspect().phase, 'gone')
  t.deepEqual(host.executors(), { registered: 0, notYetPassed: 0 })
  t.deepEqual([...at(managers, 0).inspect().executors], [])
})

test('qsbr: who deregisters runs what closures schedule meanwhile', (t) => {
  const { locals, freed } = setUp(1)
  const local = at(locals, 0)
  local.scheduleDrop(() => local.scheduleDrop(() => freed.push('second')))
  local.deregister(1000)
  t.deepEqual(freed, ['second'])
})

test('qsbr: who is paused may deregister, and leaves once', (t) => {
  const { host, locals, reclaimer, freed } = setUp(3)
  const [a, b, c] = [at(locals, 0), at(locals, 1), at(locals, 2)]
  a.scheduleDeallocate(reclaimer, 'x')
  a.temporaryDeregister()
  t.throws(() => a.deregister(0), { code: 'QSBR_TIMEOUT' })
  t.deepEqual(host.executors(), { registered: 2, notYetPassed: 2 })
  b.deregister()
  c.deregister()
  a.deregister(0)
  t.deepEqual(freed, ['x'])
})

test('qsbr: an id may be used again by another thread; the paused one that had it is refused, and stays paused', (t) => {
  const { host, locals } = setUp(1)
  const local = at(locals, 0)
  local.temporaryDeregister()
  const taker = host.registerNewExecutor(0)
  t.throws(() => local.resumeAfterTemporaryDeregister(), { code: 'QSBR_ALREADY_REGISTERED' })
  t.is(local.inspect().phase, 'paused')
  taker.deregister()
  local.resumeAfterTemporaryDeregister()
})

test('qsbr: epochs go round, and what is due stays due', (t) => {
  const buffer = new SharedArrayBuffer(64)
  const manager = SharedManager.init(buffer, 0, { epochMsMin: 0 })
  writeWord(buffer, 2 ** 32 - 1, [], [])
  t.is(manager.currentEpoch(), 2 ** 32 - 1)
  t.is(manager.graceEpoch(), 1)
  const local = manager.registerNewExecutor(0)
  t.is(local.currentEpoch(), 2 ** 32 - 1)
  const freed: unknown[] = []
  local.scheduleDrop(() => freed.push('x'))
  t.false(manager.isGraceOver(1))
  local.maybePassEpoch(LATER_MS)
  t.is(manager.currentEpoch(), 0)
  t.deepEqual(freed, [])
  local.maybePassEpoch(LATER_MS)
  t.deepEqual(freed, ['x'])
  t.true(manager.isGraceOver(1))
})

test('qsbr: an eviction takes exactly the dead one out, and its grace is over two epochs later', (t) => {
  const { host, locals } = setUp(3)
  const [a, b] = [at(locals, 0), at(locals, 1)]
  a.maybePassEpoch(LATER_MS)
  b.maybePassEpoch(LATER_MS)
  t.deepEqual(host.inspect().pending, [2])
  t.is(host.forceDeregister(2), 3) // the eviction ends epoch 0
  t.deepEqual(host.inspect(), { epoch: 1, registered: [0, 1], pending: [0, 1], executors: new Map() })
  for (let round = 0; round < 4; round++) {
    for (const local of [a, b]) {
      t.is(host.isGraceOver(3), host.currentEpoch() >= 3)
      local.maybePassEpoch(LATER_MS)
    }
  }
  t.is(host.currentEpoch(), 3)
  t.true(host.isGraceOver(3))
})

test('qsbr: the eviction of one that had passed leaves the others pending; nobody registered ends every grace', (t) => {
  const { host, locals } = setUp(2)
  at(locals, 0).maybePassEpoch(LATER_MS)
  t.is(host.forceDeregister(0), 2)
  t.deepEqual(host.inspect().pending, [1])
  t.false(host.isGraceOver(2))
  at(locals, 1).temporaryDeregister()
  t.true(host.isGraceOver(2))
  t.true(host.isGraceOver(1_000_000))
})

test("qsbr: a thread finds its local manager through any clone of its handle, and no other thread's", (t) => {
  const { host, managers, locals } = setUp(2)
  t.is(localManager(at(managers, 0)), at(locals, 0))
  t.is(at(managers, 1).clone().localManager(), at(locals, 1))
  t.is(at(locals, 1).sharedManager(), at(managers, 1))
  t.throws(() => localManager(host), { code: 'QSBR_NOT_REGISTERED' })
})

test('qsbr: bags are reused, so that retiring and freeing keep nothing', (t) => {
  const { locals, reclaimer } = setUp(1)
  const local = at(locals, 0)
  for (let round = 0; round < 100; round++) {
    for (let ref = 0; ref < 50; ref++) local.scheduleDeallocate(reclaimer, ref)
    local.maybePassEpoch(LATER_MS)
  }
  t.is(local.pendingReclaims(), 50)
  t.true(local.inspect().closedBags.length <= 2)
})
