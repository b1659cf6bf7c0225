// The host recovers a dead peer's slot while others allocate and free it.

import { type PeerHandle, scenario } from 'heddle'
import { distinctHolders, freeListSound, noSlotListedAndHeld, nothingLeaked } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { RecoverWithoutFirstScanPool } from '../known-bad/varslot-pool/recover-without-first-scan.js'
import { RecoverWithoutSecondScanPool } from '../known-bad/varslot-pool/recover-without-second-scan.js'
import { locate, memoryOf, type PoolWorld, recoverPeer, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

const HOST = 3
/** Unused entries make the host's scans of the peer table as long as they are in earnest. */
const PEER_CAPACITY = 8

export function recoverUnderTraffic(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-recover-under-traffic', subject), {
    about: 'p dies; q and r allocate and free while the host recovers its slot',
    peers: { q: 1, r: 1, p: 1 },
    setup: () => smallWorld(subject, 2, 4, PEER_CAPACITY),
    peer: {
      q: allocateAndFree,
      r: allocateAndFree,
      p(world, me) {
        allocateAndFree(world, me)
        userOf(world, me).allocate()
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, HOST, me)
    },
    faults: { crashes: 1, victims: ['p'] },
    ...judgedBy(
      subject,
      [freeListSound(memoryOf), noSlotListedAndHeld(memoryOf), distinctHolders(memoryOf), nothingLeaked(memoryOf)],
      ['crashed in limbo', 'reclaim recovered a slot in limbo', 'reclaim was blocked'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

function allocateAndFree(world: PoolWorld, me: PeerHandle): void {
  const user = userOf(world, me)
  const slot = user.allocate()
  if (slot !== undefined) user.free(slot)
}

export default [
  recoverUnderTraffic(good),
  recoverUnderTraffic({
    name: 'recover-without-first-scan',
    pool: RecoverWithoutFirstScanPool,
    knownBad: {
      breaks: ['free-list-sound', 'no-slot-listed-and-held', 'distinct-holders', 'peer threw'],
      because: 'recovery and a free push the same slot',
      hazard: 'varslot-pool H11',
      preemptions: 2,
      within: 200_000,
    },
  }),
  recoverUnderTraffic({
    name: 'recover-without-second-scan',
    pool: RecoverWithoutSecondScanPool,
    knownBad: {
      breaks: ['free-list-sound', 'no-slot-listed-and-held', 'distinct-holders', 'peer threw'],
      because: 'recovery pushes a slot that was popped during its walk',
      hazard: 'varslot-pool H12',
      preemptions: 2,
      within: 200_000,
    },
  }),
]
