// Races with one preemption: all of another operation at every step of one. What needs two operations that are both under way
// is left to the scenarios, where a simulator interleaves them.

import test, { type ExecutionContext } from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { DoubleFreeError, type ReclaimReport, type SlotRef, StaleSlotError, VarSlotPool } from './public.js'
import { crashes, endFaults, interrupted, newPool, owners, STEPS_MAX, stepFaults, take } from './varslot-pool.test.kit.js'

const CONFIGS = [{ slotSize: 8, slotCount: 3 }]
const PEERS = 5
const HOST = 0

function setUp() {
  return newPool(CONFIGS, PEERS)
}

/** Runs `first` with all of `second` before each of its steps in turn; `check` sees the pool after both. */
function atEveryStep(
  t: ExecutionContext,
  first: (world: World) => unknown,
  second: (world: World) => unknown,
  check: (world: World, label: string) => void,
): void {
  let pauseStep = 0
  for (; pauseStep < STEPS_MAX; pauseStep++) {
    const { pool } = setUp()
    const world: World = { pool, ref: take(pool, 8, 1), other: take(pool, 8, 2), taken: [], freed: 0, stale: 0 }
    const reached = interrupted(
      pauseStep,
      () => first(world),
      () => second(world),
    )
    t.deepEqual(stepFaults(pool), [], `second before step ${pauseStep} of first`)
    if (!reached) break
    check(world, `second before step ${pauseStep} of first`)
  }
  t.true(pauseStep > 0 && pauseStep < STEPS_MAX)
}

interface World {
  readonly pool: VarSlotPool
  /** Owned by peer 1. */
  readonly ref: SlotRef
  /** Owned by peer 2. */
  readonly other: SlotRef
  readonly taken: SlotRef[]
  /** Frees that succeeded. */
  freed: number
  /** Frees and adopts that were refused. */
  stale: number
}

function tryFree(world: World, ref: SlotRef, peer: number): void {
  try {
    world.pool.free(ref, peer)
    world.freed += 1
  } catch (error) {
    if (!(error instanceof DoubleFreeError)) throw error
    world.stale += 1
  }
}

function tryAdopt(world: World, ref: SlotRef, peer: number): void {
  try {
    world.pool.adopt(ref, peer)
  } catch (error) {
    if (!(error instanceof StaleSlotError)) throw error
    world.stale += 1
  }
}

test.serial('varslot races: of two frees of one slot exactly one succeeds', (t) => {
  atEveryStep(
    t,
    (w) => tryFree(w, w.ref, 3),
    (w) => tryFree(w, w.ref, 4),
    (w, label) => {
      t.is(w.freed, 1, label)
      t.is(w.stale, 1, label)
    },
  )
})

test.serial('varslot races: a free that slept through free and allocate does not free the new allocation, unless it won', (t) => {
  atEveryStep(
    t,
    (w) => tryFree(w, w.ref, 3),
    (w) => {
      tryFree(w, w.ref, 4)
      w.taken.push(take(w.pool, 8, 4))
    },
    (w, label) => {
      t.is(w.freed, 1, label)
      const taken = w.taken[0] as SlotRef
      t.notThrows(() => w.pool.slotData(taken), label)
      t.is(w.pool.inspect().classes[0]?.slots[taken.slotIdx]?.owner, 4, label)
    },
  )
})

test.serial('varslot races: an adopt and a free of one slot: the slot is free or stale, never both kept and listed', (t) => {
  atEveryStep(
    t,
    (w) => tryAdopt(w, w.ref, 3),
    (w) => tryFree(w, w.ref, 4),
    (w) => t.is(w.freed, 1),
  )
  atEveryStep(
    t,
    (w) => tryFree(w, w.ref, 3),
    (w) => tryAdopt(w, w.ref, 4),
    (w) => t.is(w.freed, 1),
  )
})

test.serial('varslot races: two allocates never return one slot', (t) => {
  const allocate = (peer: number) => (w: World) => {
    const ref = w.pool.allocate(8, peer)
    if (ref !== undefined) w.taken.push(ref)
  }
  atEveryStep(t, allocate(3), allocate(4), (w, label) => t.is(w.taken.length, 1, label))
  // With traffic that puts the same slot back on top, across an empty list.
  atEveryStep(
    t,
    allocate(3),
    (w) => {
      const ref = w.pool.allocate(8, 4)
      w.pool.free(w.ref, 4)
      if (ref !== undefined) w.pool.free(ref, 4)
    },
    (w, label) => {
      t.is(w.taken.length, 1, label)
      t.is(owners(w.pool).filter((owner) => owner === 3).length, 1, label)
    },
  )
})

test.serial('varslot races: a reclaim at every step of a live peer is complete, or blocked by that peer and complete afterwards', (t) => {
  for (let crashStep = 0; crashStep < 16; crashStep++) {
    let blocked = 0
    for (let pauseStep = 0; pauseStep < STEPS_MAX; pauseStep++) {
      const { pool } = setUp()
      crashes(crashStep, () => pool.free(take(pool, 8, 1), 1))
      pool.declarePeerDead(1, HOST)
      let report: ReclaimReport | undefined
      const reached = interrupted(
        pauseStep,
        () => {
          const ref = pool.allocate(8, 2)
          if (ref !== undefined) pool.free(ref, 2)
        },
        () => {
          report = pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 })
          if (!report.complete) t.is(report.blockedBy, 2)
        },
      )
      if (!reached) break
      t.deepEqual(stepFaults(pool), [])
      if (report?.complete === false) {
        blocked += 1
        t.true(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }).complete)
      }
      t.deepEqual(endFaults(pool), [], `crash before ${crashStep}, reclaim before ${pauseStep}`)
      t.is(pool.inspect().classes[0]?.freeList.length, 3)
    }
    // Before A3 the dead peer names the slot that the live one is about to take.
    if (crashStep === 3) t.true(blocked > 0)
  }
})

test.serial('varslot races: traffic at every step of a reclaim does no harm', (t) => {
  const traffic: readonly ((pool: VarSlotPool, held: SlotRef) => void)[] = [
    (pool) => {
      take(pool, 8, 2)
    },
    (pool) => {
      pool.free(take(pool, 8, 2), 2)
    },
    (pool, held) => {
      pool.free(held, 2)
    },
    (pool, held) => {
      const refs = [pool.allocate(8, 2), pool.allocate(8, 2), pool.allocate(8, 2)]
      pool.free(held, 2)
      for (const ref of refs) if (ref !== undefined) pool.free(ref, 2)
    },
    // The receiver frees or adopts what the dead peer owned.
    (pool) => {
      pool.inspect().classes[0]?.slots.forEach((slot, slotIdx) => {
        if (slot.owner === 1) pool.adopt({ classIdx: 0, extentIdx: 0, slotIdx, generation: slot.generation }, 2)
      })
    },
    (pool) => {
      pool.inspect().classes[0]?.slots.forEach((slot, slotIdx) => {
        if (slot.owner === 1) pool.free({ classIdx: 0, extentIdx: 0, slotIdx, generation: slot.generation }, 2)
      })
    },
  ]
  for (const interfere of traffic) {
    for (let crashStep = 0; crashStep <= 16; crashStep++) {
      let pauseStep = 0
      for (; pauseStep < STEPS_MAX; pauseStep++) {
        const { pool } = setUp()
        const held = take(pool, 8, 2)
        crashes(crashStep, () => pool.free(take(pool, 8, 1), 1))
        pool.declarePeerDead(1, HOST)
        let report: ReclaimReport | undefined
        let owned: (number | string)[] | undefined
        const reached = interrupted(
          pauseStep,
          () => {
            report = pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 })
          },
          () => {
            interfere(pool, held)
            owned = owners(pool)
          },
        )
        const label = `crash before ${crashStep}, traffic before ${pauseStep}`
        t.deepEqual(endFaults(pool), [], label)
        t.true(report?.complete, label)
        // VS-8: no slot of a living owner changed.
        owned?.forEach((owner, slotIdx) => {
          if (owner === 2) t.is(owners(pool)[slotIdx], 2, label)
        })
        if (!reached) break
      }
      t.true(pauseStep > 10 && pauseStep < STEPS_MAX)
    }
  }
})

test.serial('varslot races: a reclaim that slept through another one and a join of the id leaves the new peer alone', (t) => {
  // H7. Peer 1 dies; peer 2 starts to reclaim it; the host reclaims it completely and a new peer 1 takes a slot.
  for (let pauseStep = 0; pauseStep < STEPS_MAX; pauseStep++) {
    const { pool, buffer } = setUp()
    take(pool, 8, 1)
    pool.declarePeerDead(1, HOST)
    const guest = VarSlotPool.attach(buffer, 0, CONFIGS)
    let fresh: SlotRef | undefined
    let report: ReclaimReport | undefined
    const reached = interrupted(
      pauseStep,
      () => {
        report = pool.reclaimPeerSlots(1, 2, { waitMsMax: 0 })
      },
      () => {
        const own = pool.peerState(1) === 'dead' ? pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }) : undefined
        // Peer 2 holds the lock: the host is told so, and peer 2 will finish.
        if (own?.complete === false) return t.is(own.blockedBy, 2)
        guest.joinPeer(1)
        fresh = take(guest, 8, 1)
      },
      () => {
        // Refused at R0: the id is no longer DEAD.
        t.is(pool.peerState(1), 'live')
      },
    )
    if (!reached) break
    if (fresh !== undefined) t.notThrows(() => guest.slotData(fresh as SlotRef), `joined before step ${pauseStep}`)
    else t.true(report?.complete)
    t.deepEqual(endFaults(pool), [])
  }
})

test.serial('varslot races: a lock that passed from the dead holder to the next user of its id is not taken from it', (t) => {
  // Peer 2 loads the lock of dead peer 1 and finds 1 DEAD. The host takes the lock over and reclaims 1; the id is joined again
  // and takes the lock. The word must not compare equal to the one that peer 2 loaded.
  const { pool, buffer, raw } = setUp()
  pool.declarePeerDead(3, HOST)
  t.true(crashes(4, () => pool.reclaimPeerSlots(3, 1)))
  t.is(pool.inspect().reclaimLock, 1)
  pool.declarePeerDead(1, HOST)
  const guest = VarSlotPool.attach(buffer, 0, CONFIGS)
  const steps: string[] = []
  let report: ReclaimReport | undefined
  const reached = interrupted(
    4,
    () => {
      report = pool.reclaimPeerSlots(3, 2, { waitMsMax: 0 })
    },
    () => {
      t.true(pool.reclaimPeerSlots(1, HOST).complete)
      guest.joinPeer(1)
      // Stands behind R1 of a reclaim of 3, and goes on later.
      t.true(crashes(4, () => guest.reclaimPeerSlots(3, 1)))
      steps.push('joined')
    },
  )
  t.true(reached)
  t.deepEqual(steps, ['joined'])
  t.deepEqual(report, { complete: false, freedSlots: 0, recoveredLimbo: 0, blockedBy: 1 })
  t.is(pool.inspect().reclaimLock, 1)
  t.not(raw.words[raw.lock], 0)
})

// Between the two scans of recovery another peer may take the named slot off the list; only the second scan can see it (N5).

test.serial('varslot races: a peer that pops the named slot after the first scan blocks the reclaim, and is not robbed', (t) => {
  let blocked = 0
  for (let pauseStep = 0; pauseStep < STEPS_MAX; pauseStep++) {
    const { pool } = newPool([{ slotSize: 8, slotCount: 1 }], PEERS)
    // p dies before its A4: its intent names the slot, which is still listed.
    crashes(4, () => pool.allocate(8, 1))
    pool.declarePeerDead(1, HOST)
    let report: ReclaimReport | undefined
    // q stands behind its own A4: the slot is off the list and free, and q's intent names it. It never goes on.
    const reached = interrupted(
      pauseStep,
      () => {
        report = pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 })
      },
      () => crashes(5, () => pool.allocate(8, 2)),
    )
    if (!reached) break
    t.deepEqual(stepFaults(pool), [], `paused at step ${pauseStep}`)
    t.deepEqual(pool.inspect().classes[0]?.freeList, [], `the slot is q's, paused at step ${pauseStep}`)
    if (report?.complete === false) {
      blocked += 1
      t.is(report.blockedBy, 2)
    }
  }
  // Before the first scan, between the scans, and nowhere else.
  t.true(blocked > 1, `${blocked} times`)
})

test.serial('varslot races: a reclaim that waits for a peer, at either scan, goes on when that one is declared dead', (t) => {
  let waited = 0
  for (let pauseStep = 0; pauseStep < STEPS_MAX; pauseStep++) {
    const { pool } = newPool([{ slotSize: 8, slotCount: 1 }], PEERS)
    crashes(4, () => pool.allocate(8, 1))
    pool.declarePeerDead(1, HOST)
    let report: ReclaimReport | undefined
    let reached = false
    let slept = false
    hooked(
      (step, operation) => {
        if (step === pauseStep) {
          reached = true
          crashes(5, () => pool.allocate(8, 2))
        }
        if (operation !== 'wait' || slept) return
        slept = true
        pool.declarePeerDead(2, 3)
      },
      () => {
        report = pool.reclaimPeerSlots(1, HOST, { waitMsMax: 10_000 })
      },
    )
    if (!reached) break
    t.true(report?.complete, `paused at step ${pauseStep}`)
    if (slept) {
      waited += 1
      // Both intents named the slot; it was in limbo, and is listed once.
      t.is(report?.recoveredLimbo, 1)
    } else pool.declarePeerDead(2, 3)
    t.true(pool.reclaimPeerSlots(2, HOST, { waitMsMax: 0 }).complete)
    t.deepEqual(endFaults(pool), [], `paused at step ${pauseStep}`)
    t.deepEqual(pool.inspect().classes[0]?.freeList, [0])
  }
  t.true(waited > 1, `${waited} times`)
})
