// Two peers take turns at one slot; the number of free slots is right at every moment, whoever dies.

import { type PeerHandle, scenario } from 'heddle'
import { availableInRange, freeListCounted } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { CounterAfterPushManager } from '../known-bad/memory-manager/counter-after-push.js'
import { CounterBeforePushManager } from '../known-bad/memory-manager/counter-before-push.js'
import { availableOf, locate, ManagerWorld, memoryOf, payloadOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

const PEERS = 2
const ROUNDS = 2

/** @param countedApart the subject counts in a word of its own, which is compared with the list at the end */
export function counter(subject: Subject, countedApart = false) {
  return scenario<ManagerWorld>(nameFor('mm-counter', subject), {
    about: 'two peers store and free in turn in one slot, and one may die',
    peers: PEERS,
    // One id for each peer, and one for the host that recovers it.
    setup: () => new ManagerWorld(subject, 1, 2 * PEERS),
    peer(world, me) {
      for (let round = 0; round < ROUNDS; round++) storeAndFree(world, me, round)
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, PEERS + dead.id, me)
    },
    faults: { crashes: 1 },
    ...judgedBy(
      subject,
      [freeListCounted(memoryOf, countedApart ? { countAtEnd: availableOf } : {}), availableInRange(memoryOf, availableOf)],
      ['no slot was free', 'crashed in limbo', 'recovery put back a slot in limbo', 'recovery freed a message'],
    ),
    describe: (world) => ({ available: availableOf(world), ...world.memory.describe() }),
    locate,
  })
}

function storeAndFree(world: ManagerWorld, me: PeerHandle, round: number): void {
  const user = userOf(world, me)
  const token = user.store(payloadOf(round))
  me.sometimes('no slot was free', token === undefined)
  if (token !== undefined) user.free(token)
}

export default [
  counter(good),
  counter(
    {
      name: 'counter-after-push',
      manager: CounterAfterPushManager,
      knownBad: {
        breaks: ['available-in-range'],
        because: 'a slot that is pushed and not yet counted is popped and counted off',
        hazard: 'memory-manager H1',
        preemptions: 1,
        within: 2000,
      },
      without: ['free-list-counted'],
    },
    true,
  ),
  counter(
    {
      name: 'counter-before-push',
      manager: CounterBeforePushManager,
      knownBad: {
        breaks: ['free-list-counted'],
        because: 'whether a dead peer had counted its slot cannot be known',
        hazard: 'memory-manager H2',
        preemptions: 0,
        within: 2000,
      },
      // What recovery counts a second time goes out of range too.
      without: ['available-in-range'],
    },
    true,
  ),
]
