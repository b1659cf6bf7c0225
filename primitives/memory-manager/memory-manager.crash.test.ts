// A peer dies before each step of each operation, and the host recovers it: nothing is lost, nothing stays locked. Section 5 of the
// specification, one test for each group of its rows.

import test from 'ava'
import { crashes, interrupted } from '../varslot-pool/varslot-pool.test.kit.js'
import { endFaults, messageOf, newManager, stepFaults } from './manager.test.kit.js'
import { type ConcurrentMemoryManager, ConcurrentMemoryManager as Manager, type MessageToken, NotAllocatedError } from './public.js'

const HOST = 0
const VICTIM = 1
const OTHER = 2
const STEPS_MAX = 100

type Prepared = (() => unknown) | readonly [run: () => unknown, settle: () => void]

interface Operation {
  readonly name: string
  /** Prepares, and returns what the victim runs, and what another peer does after its death. */
  readonly prepare: (manager: ConcurrentMemoryManager) => Prepared
}

const OPERATIONS: readonly Operation[] = [
  { name: 'store', prepare: (manager) => () => manager.storeShared(messageOf(1), VICTIM) },
  {
    name: 'read',
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), OTHER)
      return () => manager.readShared(token, VICTIM).release()
    },
  },
  {
    name: 'write',
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), OTHER)
      return () => manager.withWrite(token, VICTIM, () => {})
    },
  },
  {
    name: 'free of its own',
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), VICTIM)
      return () => manager.freeShared(token, VICTIM)
    },
  },
  {
    name: "free of another's",
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), OTHER)
      return () => manager.freeShared(token, VICTIM)
    },
  },
  {
    name: 'free of a poisoned message',
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), OTHER)
      manager.readMutShared(token, OTHER).poison()
      return () => manager.freeShared(token, VICTIM)
    },
  },
  {
    name: 'adopt',
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), OTHER)
      return () => manager.adopt(token, VICTIM)
    },
  },
  {
    name: 'write that waits in vain',
    prepare: (manager) => {
      const token = manager.storeShared(messageOf(1), OTHER)
      const reader = manager.readShared(token, OTHER)
      return [() => manager.readMutShared(token, VICTIM, { waitMsMax: 0 }), () => reader.release()]
    },
  },
]

for (const { name, prepare } of OPERATIONS) {
  test.serial(`crash: before each step of ${name}`, (t) => {
    let crashed = 0
    for (let step = 0; step < STEPS_MAX; step++) {
      const { manager } = newManager(2)
      if (!crashesAt(step, prepare(manager))) break
      crashed++
      t.deepEqual(stepFaults(manager), [], `before step ${step}`)
      manager.declarePeerDead(VICTIM, HOST)
      const report = manager.recoverPeer(VICTIM, HOST)
      t.true(report.complete)
      t.deepEqual(endFaults(manager), [], `after the recovery from step ${step}`)
      t.is(manager.peerState(VICTIM), 'empty')
      reusable(t, manager)
    }
    t.true(crashed >= 3)
  })
}

/** Whether the victim came to the step, and died there. */
function crashesAt(step: number, prepared: Prepared): boolean {
  const [run, settle] = typeof prepared === 'function' ? [prepared, () => {}] : prepared
  try {
    return crashes(step, run)
  } catch {
    // The operation was refused, as it is without a crash.
    return false
  } finally {
    settle()
  }
}

/** Every slot that is free can be used, and no fresh message is poisoned. */
function reusable(t: import('ava').ExecutionContext, manager: ConcurrentMemoryManager): void {
  while (manager.available() > 0) {
    const token = manager.storeShared(messageOf(9), OTHER)
    t.is(manager.copyMessage(token, OTHER, new Uint8Array(16)), 8)
  }
}

test.serial('crash: a writer that dies with its guard leaves a poisoned message, one that dies before X2 a whole one', (t) => {
  const poisoned: boolean[] = []
  for (let step = 0; step < STEPS_MAX; step++) {
    const { manager } = newManager(1)
    const token = manager.storeShared(messageOf(1), OTHER)
    if (!crashes(step, () => manager.withWrite(token, VICTIM, () => {}))) break
    manager.declarePeerDead(VICTIM, HOST)
    const report = manager.recoverPeer(VICTIM, HOST)
    const state = manager.inspect().slots[0]?.lock.poisoned ?? false
    t.is(report.poisonedSlots, state ? 1 : 0)
    poisoned.push(state)
  }
  // status, W1, W2, X1, X2, then the two steps of the release.
  t.deepEqual(poisoned, [false, false, false, false, false, true, true])
})

test.serial('crash: the recovery dies before each of its steps, and another peer repeats it', (t) => {
  for (const { prepare } of OPERATIONS) {
    for (let step = 0; step < STEPS_MAX; step++) {
      let recoveries = 0
      for (let recoveryStep = 0; recoveryStep < STEPS_MAX; recoveryStep++) {
        const { manager } = newManager(2)
        manager.storeShared(messageOf(3), VICTIM)
        if (manager.available() === 0) break
        if (!crashesAt(step, prepare(manager))) break
        manager.declarePeerDead(VICTIM, HOST)
        const died = crashes(recoveryStep, () => manager.recoverPeer(VICTIM, HOST))
        if (!died) break
        recoveries++
        manager.declarePeerDead(HOST, OTHER)
        t.true(manager.recoverPeer(HOST, OTHER).complete)
        if (manager.peerState(VICTIM) === 'dead') t.true(manager.recoverPeer(VICTIM, OTHER).complete)
        t.deepEqual(endFaults(manager), [], `step ${step}, recovery step ${recoveryStep}`)
      }
      if (recoveries === 0) break
    }
  }
})

test.serial('recovery: a message that is adopted at any of its steps is freed or kept, never both', (t) => {
  let kept = 0
  let freed = 0
  for (let step = 0; step < STEPS_MAX; step++) {
    const { manager } = newManager(1)
    const token = manager.storeShared(messageOf(1), VICTIM)
    manager.declarePeerDead(VICTIM, HOST)
    let adopted = false
    const reached = interrupted(
      step,
      () => manager.recoverPeer(VICTIM, HOST),
      () => {
        adopted = tryAdopt(manager, token)
      },
    )
    if (!reached) break
    t.deepEqual(endFaults(manager), [])
    t.is(manager.available(), adopted ? 0 : 1)
    if (adopted) kept++
    else freed++
  }
  t.true(kept > 0)
  t.true(freed > 0)
})

function tryAdopt(manager: ConcurrentMemoryManager, token: MessageToken): boolean {
  try {
    manager.adopt(token, OTHER)
    return true
  } catch (error) {
    if (!(error instanceof NotAllocatedError)) throw error
    return false
  }
}

test.serial('recovery: a second handle of the dead id, joined again, is not touched', (t) => {
  const { manager } = newManager(2)
  manager.storeShared(messageOf(1), VICTIM)
  manager.declarePeerDead(VICTIM, HOST)
  manager.recoverPeer(VICTIM, HOST)
  const heir = Manager.attach(manager.buffer(), 0)
  heir.joinPeer(VICTIM)
  const token = heir.storeShared(messageOf(2), VICTIM)
  t.throws(() => manager.recoverPeer(VICTIM, HOST), { code: 'PEER_STATE' })
  t.is(heir.readShared(token, VICTIM).payload[0], 2)
})
