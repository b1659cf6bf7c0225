// A peer dies at any step of a store or a free, beside another that does the same; the host takes back what it had.

import { type PeerHandle, scenario } from 'heddle'
import { freeListCounted, nothingLeftOfTheDead, unlistedSlotsAreNamed } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { NoIntentManager } from '../known-bad/memory-manager/no-intent.js'
import { locate, ManagerWorld, memoryOf, payloadOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

const HOST = 2

export function storerDies(subject: Subject) {
  return scenario<ManagerWorld>(nameFor('mm-storer-dies', subject), {
    about: 'two peers store and free in two slots; one dies at any step and the host recovers it',
    peers: { survivor: 1, storer: 1 },
    setup: () => new ManagerWorld(subject, 2, 3),
    peer: {
      survivor: storeAndFree,
      storer(world, me) {
        storeAndFree(world, me)
        userOf(world, me).store(payloadOf(3))
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, HOST, me)
    },
    faults: { crashes: 1, victims: ['storer'] },
    ...judgedBy(
      subject,
      [freeListCounted(memoryOf), unlistedSlotsAreNamed(memoryOf), nothingLeftOfTheDead(memoryOf)],
      ['crashed in limbo', 'recovery freed a message', 'recovery put back a slot in limbo', 'recovery was blocked'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

function storeAndFree(world: ManagerWorld, me: PeerHandle): void {
  const user = userOf(world, me)
  const token = user.store(payloadOf(me.id))
  if (token !== undefined) user.free(token)
}

export default [
  storerDies(good),
  storerDies({
    name: 'no-intent',
    manager: NoIntentManager,
    knownBad: {
      breaks: ['nothing-left-of-the-dead'],
      because: 'a slot in limbo is known to its dead peer alone',
      hazard: 'memory-manager H12',
      preemptions: 0,
      within: 2000,
    },
    without: ['unlisted-slots-are-named'],
  }),
  storerDies({
    name: 'no-intent, named',
    manager: NoIntentManager,
    knownBad: {
      breaks: ['unlisted-slots-are-named'],
      because: 'a slot in limbo is known to its dead peer alone',
      hazard: 'memory-manager H12',
      preemptions: 0,
      within: 200,
    },
  }),
]
