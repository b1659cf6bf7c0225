// Three executors push and pop nodes of a lock-free stack; one of them dies, and the host recovers what it had: executor, bags and slots.

import { type DeadPeer, type PeerHandle, scenario } from 'heddle'
import { noSlotListedAndHeld, nothingLeaked } from 'heddle/invariants'
import { graceBeforeFree, noReferenceToTheFreed } from '../../invariants/qsbr/public.js'
import type { SharedManager } from '../../primitives/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { ReclaimBeforeGraceManager } from '../known-bad/qsbr/reclaim-before-grace.js'
import { memoryOf, type PoolWorld, recoverPeer, smallWorld, userOf } from '../varslot-pool/pool-world.js'
import { good as goodPool } from '../varslot-pool/subject.js'
import { DEPARTURE, ExecutorUser } from './executor-user.js'
import { describe, evict, locate, type QsbrWorld, qsbrWorld } from './qsbr-world.js'
import { isSlotFreed, retireSlot, SlotStack } from './slot-stack.js'
import { good, type Subject } from './subject.js'

interface World {
  readonly qsbr: QsbrWorld
  readonly pool: PoolWorld
  readonly stack: SlotStack
}

const PEERS = 3
const HOST = PEERS
const SLOTS = 4
const ROUNDS = 2
/** How often the host looks whether the grace is over before it waits for all to leave. */
const LOOKS = 4

export function stack(subject: Subject) {
  return scenario<World>(nameFor('qsbr-stack', subject), {
    about: 'a lock-free stack whose nodes are pool slots',
    peers: PEERS,
    setup: () => stackWorld(subject),
    peer(world, me) {
      const executor = new ExecutorUser(world.qsbr, me)
      const slots = userOf(world.pool, me)
      executor.register()
      for (let round = 0; round < ROUNDS; round++) {
        const pushed = slots.allocate()
        if (pushed !== undefined) world.stack.push(pushed)
        const popped = world.stack.pop(me)
        me.sometimes('popped the node of another', popped !== undefined && popped.slotIdx !== pushed?.slotIdx)
        if (popped !== undefined) retireSlot(executor, slots, popped, me)
        executor.pass()
      }
      executor.leave()
    },
    recover: recoverAll,
    faults: { crashes: 1 },
    ...judgedBy<World>(
      subject,
      [
        graceBeforeFree(),
        noReferenceToTheFreed((world, object) => isSlotFreed(world.pool.memory, object)),
        noSlotListedAndHeld((world) => memoryOf(world.pool)),
        nothingLeaked((world) => memoryOf(world.pool)),
      ],
      ['popped the node of another', 'the host waited for the grace', 'the host unlinked nodes', 'reclaim freed a slot', 'died pending'],
    ),
    describe: (world) => ({ ...describe(world.qsbr), ...world.pool.memory.describe() }),
    locate: locateWord,
  })
}

function stackWorld(subject: Subject): World {
  const pool = smallWorld(goodPool, SLOTS, PEERS + 1)
  return { qsbr: qsbrWorld(subject, PEERS), pool, stack: new SlotStack(pool.buffer, SLOTS, PEERS + 1) }
}

/** Unlinks what is linked, evicts the dead executor, waits for the grace, and takes back the slots: in this order. */
function recoverAll(world: World, dead: DeadPeer, me: PeerHandle): void {
  const slots = userOf(world.pool, me, HOST)
  const host = world.qsbr.managers[HOST] as SharedManager
  const unlinked = world.stack.takeAll()
  me.sometimes('the host unlinked nodes', unlinked.length > 0)
  for (const ref of unlinked) slots.tryAdopt(ref)
  const grace = evict(world.qsbr, dead, me) ?? host.graceEpoch()
  awaitGrace(world, host, grace, dead, me)
  for (const ref of unlinked) slots.free(ref)
  recoverPeer(world.pool, dead, HOST, me)
}

function awaitGrace(world: World, host: SharedManager, grace: number, dead: DeadPeer, me: PeerHandle): void {
  for (let look = 0; look < LOOKS; look++) {
    const over = host.isGraceOver(grace)
    if (over) {
      world.qsbr.meetings.letOff(dead.id)
      return
    }
    me.sometimes('the host waited for the grace')
    me.step('looks again')
  }
  world.qsbr.meetings.letOff(dead.id)
  // Nobody is registered after that.
  world.qsbr.meetings.attend(DEPARTURE, dead.id)
}

function locateWord(world: World, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  if (buffer === world.stack.head.buffer) return 'top of the stack'
  return buffer === world.pool.buffer ? world.pool.memory.nameOf(byteOffset) : locate(world.qsbr, buffer, byteOffset)
}

export default [
  stack(good),
  stack({
    name: 'reclaim-before-grace',
    manager: ReclaimBeforeGraceManager,
    knownBad: {
      breaks: ['no-reference-to-the-freed'],
      because: 'the host frees the slots of the dead one while a reader is inside one that it had retired',
      hazard: 'qsbr H13',
      preemptions: 1,
      within: 100_000,
    },
  }),
]
