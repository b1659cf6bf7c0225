// A producer hands messages to two consumers over a ring of tokens, and anybody may die. The largest of the scenarios.

import { type PeerHandle, scenario } from 'heddle'
import {
  availableInRange,
  freeListCounted,
  guardedBytesHold,
  nobodyWaitsForNothing,
  noFreeUnderGuard,
  nothingLeftOfTheDead,
  oneFreePerMessage,
  oneMessagePerSlot,
  poisonMeansBrokenWrite,
  refusalLeavesNothing,
  unlistedSlotsAreNamed,
  writerIsAlone,
} from '../../invariants/memory-manager/public.js'
import type { MessageToken } from '../../primitives/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { Mailbox } from './mailbox.js'
import type { ManagerUser } from './manager-user.js'
import { availableOf, locate, ManagerWorld, memoryOf, payloadOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

const PEERS = 3
const CAPACITY = 2
const MESSAGES = 3
const ROUNDS = 3

export class World extends ManagerWorld {
  /** Entries through which tokens travel; both consumers see all. */
  readonly ring: readonly Mailbox[] = [new Mailbox(), new Mailbox()]
}

export function pipeline(subject: Subject) {
  return scenario<World>(nameFor('mm-pipeline', subject), {
    about: 'a producer stores; two consumers adopt, read, change and free; any of them may die',
    peers: { producer: 1, consumer: 2 },
    // One id for each peer, and one for the host that recovers it.
    setup: () => new World(subject, CAPACITY, 2 * PEERS),
    peer: {
      producer(world, me) {
        const user = userOf(world, me)
        for (let message = 1; message <= MESSAGES; message++) {
          const token = user.store(payloadOf(message))
          me.sometimes('no slot was free', token === undefined)
          if (token !== undefined) world.ring[message % world.ring.length]?.put(token)
        }
      },
      consumer(world, me) {
        const user = userOf(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const entry = world.ring[me.random(world.ring.length)] as Mailbox
          // A token may be seen by both consumers.
          const token = me.random(2) === 1 ? entry.take() : entry.look()
          if (token !== undefined) consume(user, token, me)
        }
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, PEERS + dead.id, me)
    },
    faults: { crashes: 2 },
    ...judgedBy(
      subject,
      [
        freeListCounted(memoryOf),
        availableInRange(memoryOf, availableOf),
        writerIsAlone(memoryOf),
        guardedBytesHold(memoryOf),
        oneMessagePerSlot(memoryOf),
        oneFreePerMessage(memoryOf),
        noFreeUnderGuard(memoryOf),
        poisonMeansBrokenWrite(memoryOf),
        unlistedSlotsAreNamed(memoryOf),
        nothingLeftOfTheDead(memoryOf),
        nobodyWaitsForNothing(memoryOf),
        refusalLeavesNothing(memoryOf),
      ],
      ['no slot was free', 'found the message poisoned', 'came too late', 'crashed in limbo', 'recovery poisoned a message', 'recovery freed a message'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Adopts, reads, changes and frees, or a part of it. */
function consume(user: ManagerUser, token: MessageToken, me: PeerHandle): void {
  const adopted = user.adopt(token)
  me.sometimes('came too late', !adopted)
  const guard = user.read(token)
  if (guard !== undefined) user.look(guard)
  me.sometimes('found the message poisoned', user.refusal === 'MM_POISONED')
  const writeGuard = user.write(token)
  if (writeGuard !== undefined) user.change(writeGuard, me.id)
  if (me.random(2) === 1) user.free(token)
}

export default [pipeline(good)]
