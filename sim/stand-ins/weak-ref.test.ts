import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { createFakeHost, during } from './fake-host.test.support.js'
import { createFinalizationRegistry } from './finalization-registry.js'
import { createWeakRef } from './weak-ref.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Until `isDone`, or for two seconds. */
async function collectUntil(isDone: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !isDone(); round++) {
    collectGarbage()
    await sleep(20)
  }
}

test('weak-ref: one made in an execution keeps its target, one made outside lets it go', async (t) => {
  const StandIn = createWeakRef()
  const kept = during(createFakeHost(), () => new StandIn({ big: 1 }))
  const loose = new StandIn({ big: 2 })
  await collectUntil(() => loose.deref() === undefined)
  t.is(loose.deref(), undefined)
  t.deepEqual(kept.deref(), { big: 1 })
  t.true(kept instanceof WeakRef)
  t.true(new WeakRef({}) instanceof StandIn)
  t.throws(() => (StandIn as unknown as () => void)(), { message: /requires 'new'/ })
  t.throws(() => new StandIn(5 as never), { instanceOf: TypeError })
})

test('finalization-registry: calls back for what was registered outside an execution only', async (t) => {
  const StandIn = createFinalizationRegistry()
  const called: string[] = []
  const registry = new StandIn<string>((held) => called.push(held))
  registry.register({}, 'outside')
  during(createFakeHost(), () => registry.register({}, 'inside'))
  await collectUntil(() => called.length > 0)
  collectGarbage()
  await sleep(50)
  t.deepEqual(called, ['outside'])
})

test('finalization-registry: unregister answers as the real one', (t) => {
  const StandIn = createFinalizationRegistry()
  during(createFakeHost(), () => {
    const registry = new StandIn(() => {})
    const token = {}
    registry.register({}, 1, token)
    t.true(registry.unregister(token))
    t.false(registry.unregister(token))
    t.true(registry instanceof FinalizationRegistry)
    t.throws(() => new StandIn(5 as never), { instanceOf: TypeError })
  })
})
