// Two peers die, at worst on the same slot, and a host for each takes back what they had.

import { type PeerHandle, scenario } from 'heddle'
import { distinctHolders, freeListSound, noSlotListedAndHeld, nothingLeaked, reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { RecoverWithoutChecksPool } from '../known-bad/varslot-pool/recover-without-checks.js'
import { locate, memoryOf, type PoolWorld, recoverPeer, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

const PEERS = 3

export function twoDead(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-two-dead', subject), {
    about: 'p and q die; both are reclaimed at the same time, beside r',
    peers: { r: 1, p: 1, q: 1 },
    // One id for each peer, and one for the host that recovers it.
    setup: () => smallWorld(subject, 3, 2 * PEERS),
    peer: { r: allocateAndFree, p: allocateAndFree, q: allocateAndFree },
    recover(world, dead, me) {
      const other = dead.kind === 'p' ? 2 : 1
      me.sometimes('died on the same slot', world.memory.intent(dead.id) !== 0 && sameSlot(world, dead.id, other))
      recoverPeer(world, dead, PEERS + dead.id, me)
    },
    faults: { crashes: 2, victims: ['p', 'q'] },
    ...judgedBy(
      subject,
      [freeListSound(memoryOf), noSlotListedAndHeld(memoryOf), distinctHolders(memoryOf), nothingLeaked(memoryOf), reclaimTakesOnlyFromTheDead(memoryOf)],
      ['died on the same slot', 'crashed in limbo', 'reclaim recovered a slot in limbo', 'reclaim was blocked'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Whether the intents of two peers name one slot. There is one class, so the low bits are the slot. */
function sameSlot(world: PoolWorld, a: number, b: number): boolean {
  return world.memory.intent(b) !== 0 && ((world.memory.intent(a) ^ world.memory.intent(b)) & 0xff_ffff) === 0
}

function allocateAndFree(world: PoolWorld, me: PeerHandle): void {
  const user = userOf(world, me)
  const slot = user.allocate()
  if (slot !== undefined) user.free(slot)
}

export default [
  twoDead(good),
  twoDead({
    name: 'recover-without-checks',
    pool: RecoverWithoutChecksPool,
    knownBad: {
      breaks: ['free-list-sound', 'no-slot-listed-and-held', 'distinct-holders', 'peer threw'],
      because: 'recovery pushes a slot that is listed or in use',
      hazard: 'varslot-pool H10',
      preemptions: 0,
    },
  }),
]
