// The step tables of the specification, section 4: what each operation does to the word, in which order. And that what another executor does between
// two steps is seen.

import test from 'ava'
import { SharedManager } from './public.js'
import { at, interrupted, LATER_MS, setUp, stepsOf } from './qsbr.test.kit.js'

test.serial('qsbr steps: register is J1, J2; resume is too', (t) => {
  const { host, locals } = setUp(1)
  t.deepEqual(
    stepsOf(() => host.registerNewExecutor(5)),
    ['load', 'compareExchange'],
  )
  at(locals, 0).temporaryDeregister()
  t.deepEqual(
    stepsOf(() => at(locals, 0).resumeAfterTemporaryDeregister()),
    ['load', 'compareExchange'],
  )
})

test.serial('qsbr steps: a pass is T1, T5; T6 when it ends the epoch; T1 alone when there is nothing to do; none before the time', (t) => {
  const { locals } = setUp(2)
  const [a, b] = [at(locals, 0), at(locals, 1)]
  t.deepEqual(
    stepsOf(() => a.maybePassEpoch(-1)),
    [],
  )
  t.deepEqual(
    stepsOf(() => a.maybePassEpoch(LATER_MS)),
    ['load', 'compareExchange'],
  )
  t.deepEqual(
    stepsOf(() => a.maybePassEpoch(LATER_MS)),
    ['load'],
  )
  t.deepEqual(
    stepsOf(() => b.maybePassEpoch(LATER_MS)),
    ['load', 'compareExchange', 'notify'],
  )
  t.deepEqual(
    stepsOf(() => a.maybePassEpoch(LATER_MS)),
    ['load'],
  )
})

test.serial('qsbr steps: pause is Q1, Q2; deregister is that, then E2 until all is freed; a paused one leaves out E1', (t) => {
  const { host, locals, reclaimer } = setUp(3)
  const [a, b, c] = [at(locals, 0), at(locals, 1), at(locals, 2)]
  t.deepEqual(
    stepsOf(() => a.temporaryDeregister()),
    ['load', 'compareExchange'],
  )
  t.deepEqual(
    stepsOf(() => a.deregister(0)),
    ['load'],
  )
  b.scheduleDeallocate(reclaimer, 'x')
  t.deepEqual(
    stepsOf(() => t.throws(() => b.deregister(0), { code: 'QSBR_TIMEOUT' })),
    ['load', 'compareExchange', 'load'],
  )
  t.deepEqual(stepsOf(() => t.throws(() => b.deregister(1), { code: 'QSBR_TIMEOUT' })).slice(0, 3), ['load', 'wait', 'load'])
  t.deepEqual(
    stepsOf(() => c.deregister(0)),
    ['load', 'compareExchange', 'load'],
  )
  t.deepEqual(
    stepsOf(() => t.throws(() => host.forceDeregister(1), { code: 'QSBR_NOT_REGISTERED' })),
    ['load'],
  )
})

test.serial('qsbr steps: an eviction is K1, K2 and a wake; the questions are one load each', (t) => {
  const { host } = setUp(2)
  t.deepEqual(
    stepsOf(() => host.forceDeregister(1)),
    ['load', 'compareExchange', 'notify'],
  )
  for (const ask of [() => host.currentEpoch(), () => host.executors(), () => host.graceEpoch(), () => host.isGraceOver(7), () => host.inspect()])
    t.deepEqual(stepsOf(ask), ['load'])
})

test.serial('qsbr steps: init writes the magic last, attach writes nothing', (t) => {
  const buffer = new SharedArrayBuffer(64)
  const steps: string[] = stepsOf(() => SharedManager.init(buffer, 0))
  const stores = steps.filter((step) => step.startsWith('store'))
  t.is(stores.length, 17)
  t.deepEqual(
    stepsOf(() => SharedManager.attach(buffer, 0)).filter((step) => !step.startsWith('load')),
    [],
  )
})

test.serial('qsbr steps: a compare-and-swap that is lost is tried again on the word that is there', (t) => {
  const { host, locals } = setUp(3)
  const [a, b, c] = [at(locals, 0), at(locals, 1), at(locals, 2)]
  // b passes between T1 and T5 of a, and c before a's second T5 would have.
  interrupted(
    1,
    () => b.maybePassEpoch(LATER_MS),
    () => a.maybePassEpoch(LATER_MS),
  )
  t.deepEqual(host.inspect().pending, [2])
  c.maybePassEpoch(LATER_MS)
  t.is(host.currentEpoch(), 1)
})

test.serial('qsbr steps: who is evicted between T1 and T5 finds out', (t) => {
  const { host, locals } = setUp(2)
  const a = at(locals, 0)
  t.throws(
    () =>
      interrupted(
        1,
        () => host.forceDeregister(0),
        () => a.maybePassEpoch(LATER_MS),
      ),
    { code: 'QSBR_EVICTED' },
  )
})

test.serial('qsbr steps: who registers while others register or the epoch moves takes the epoch in which it is counted', (t) => {
  const { buffer, locals, host } = setUp(1)
  const manager = SharedManager.attach(buffer, 0)
  interrupted(
    1,
    () => at(locals, 0).maybePassEpoch(LATER_MS),
    () => manager.registerNewExecutor(4),
  )
  t.is(manager.localManager().currentEpoch(), 1)
  t.deepEqual(host.inspect().pending, [0, 4])
})
