// A writer dies while it waits for a reader and keeps the next reader out; when it is recovered that one comes in.

import { type PeerHandle, scenario } from 'heddle'
import { nobodyWaitsForNothing, nothingLeftOfTheDead } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { PendingFlagManager } from '../known-bad/memory-manager/pending-flag.js'
import { locate, ManagerWorld, memoryOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** Of the host's message, known to all. */
  readonly token = this.stored(HOST, 1)
}

const WRITER = 2
const HOST = 3
const READS = 3

export function waiterDies(subject: Subject) {
  return scenario<World>(nameFor('mm-waiter-dies', subject), {
    about: 'a writer that waits for a reader dies and is recovered; readers come in again',
    peers: { reader: 1, 'other reader': 1, writer: 1 },
    setup: () => new World(subject, 1, 4),
    peer: {
      reader: (world, me) => read(world, me, READS),
      'other reader': (world, me) => read(world, me, 1),
      writer(world, me) {
        const user = userOf(world, me)
        const guard = user.write(world.token)
        if (guard !== undefined) user.release(guard)
      },
    },
    recover(world, dead, me) {
      const pending = ((world.memory.lock(0) >>> 21) & 0x1f) - 1
      me.sometimes('died while it waited', pending === WRITER)
      recoverPeer(world, dead, HOST, me)
    },
    faults: { crashes: 1, victims: ['writer'] },
    ...judgedBy(
      subject,
      [nothingLeftOfTheDead(memoryOf), nobodyWaitsForNothing(memoryOf)],
      ['died while it waited', 'a reader ran out of time', 'recovery released a lock'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

function read(world: World, me: PeerHandle, reads: number): void {
  const user = userOf(world, me)
  for (let done = 0; done < reads; done++) {
    const guard = user.read(world.token)
    me.sometimes('a reader ran out of time', user.refusal === 'MM_LOCK_TIMEOUT')
    if (guard !== undefined) user.look(guard)
  }
}

export default [
  waiterDies(good),
  waiterDies({
    name: 'pending-flag',
    manager: PendingFlagManager,
    knownBad: {
      breaks: ['nobody-waits-for-nothing'],
      because: 'the flag of a dead writer keeps every reader out for good',
      hazard: 'memory-manager H10',
      preemptions: 1,
      within: 20_000,
    },
    without: ['nothing-left-of-the-dead'],
  }),
]
