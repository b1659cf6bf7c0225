// Two peers free one slot at the same time: one of them wins, the other is refused, and the slot is listed once.

import { type PeerHandle, scenario } from 'heddle'
import { freeListSound, noDoubleFree } from 'heddle/invariants'
import type { SlotRef } from 'heddle/primitives/varslot-pool'
import { judgedBy, nameFor } from '../judged.js'
import { FreeLoadLoadStorePool } from '../known-bad/varslot-pool/free-load-load-store.js'
import { locate, memoryOf, type PoolWorld, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

export interface World extends PoolWorld {
  /** Allocated by the host, known to both. */
  readonly slot: SlotRef
}

const HOST = 1

export function racingFree(subject: Subject) {
  return scenario<World>(nameFor('varslot-racing-free', subject), {
    about: 'receiver and host both free one slot',
    peers: { receiver: 1, host: 1 },
    setup() {
      const world = smallWorld(subject, 2, 2)
      return { ...world, slot: world.pools[HOST]?.allocate(1, HOST) as SlotRef }
    },
    peer: { receiver: freeOnce, host: freeOnce },
    ...judgedBy(subject, [freeListSound(memoryOf), noDoubleFree()], ['receiver was refused', 'host was refused']),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

function freeOnce(world: World, me: PeerHandle): void {
  const freed = userOf(world, me).tryFree(world.slot)
  me.sometimes(`${me.kind} was refused`, !freed)
}

export default [
  racingFree(good),
  racingFree({
    name: 'free-load-load-store',
    pool: FreeLoadLoadStorePool,
    knownBad: {
      breaks: ['free-list-sound'],
      because: 'both frees pass the check before either stores',
      within: 2000,
      hazard: 'varslot-pool H1',
      preemptions: 1,
    },
    without: ['no-double-free'],
  }),
  racingFree({
    name: 'free-load-load-store, counted',
    pool: FreeLoadLoadStorePool,
    knownBad: {
      breaks: ['no-double-free'],
      because: 'both frees pass the check before either stores',
      within: 2000,
      hazard: 'varslot-pool H1',
      preemptions: 1,
    },
    without: ['free-list-sound'],
  }),
]
