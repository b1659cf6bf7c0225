// Two readers and a writer share one slot. The writer changes two words of the message, then frees it and stores the next one.

import { type PeerHandle, scenario } from 'heddle'
import { guardedBytesHold, nobodyWaitsForNothing, noFreeUnderGuard, writerIsAlone } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { FreeWithoutLockManager } from '../known-bad/memory-manager/free-without-lock.js'
import { locate, ManagerWorld, memoryOf, payloadOf, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** Stored by the writer, known to all. */
  readonly token = this.stored(WRITER, 1)
}

const WRITER = 2
const READS = 2

export function readersWriter(subject: Subject) {
  return scenario<World>(nameFor('mm-readers-writer', subject), {
    about: 'two readers look at a message that a writer changes, frees and replaces',
    peers: { reader: 2, writer: 1 },
    setup: () => new World(subject, 1, 3),
    peer: { reader: readTwice, writer: changeAndReplace },
    ...judgedBy(
      subject,
      [writerIsAlone(memoryOf), guardedBytesHold(memoryOf), nobodyWaitsForNothing(memoryOf), noFreeUnderGuard(memoryOf)],
      ['the message was gone', 'readers met', 'the writer ran out of time'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

function readTwice(world: World, me: PeerHandle): void {
  const user = userOf(world, me)
  for (let read = 0; read < READS; read++) {
    const guard = user.read(world.token)
    me.sometimes('the message was gone', user.refusal === 'MM_NOT_ALLOCATED' || user.refusal === 'MM_STALE_TOKEN')
    if (guard === undefined) continue
    me.sometimes('readers met', (world.memory.lock(0) & 0b11) === 0b11)
    user.look(guard)
  }
}

function changeAndReplace(world: World, me: PeerHandle): void {
  const user = userOf(world, me)
  const guard = user.write(world.token)
  me.sometimes('the writer ran out of time', user.refusal === 'MM_LOCK_TIMEOUT')
  if (guard !== undefined) user.change(guard, 2)
  const freed = user.free(world.token)
  if (freed) user.store(payloadOf(3))
}

export default [
  readersWriter(good),
  readersWriter({
    name: 'free-without-lock',
    manager: FreeWithoutLockManager,
    knownBad: {
      breaks: ['guarded-bytes-hold'],
      because: 'the message ends and the next one is written under a reader',
      hazard: 'memory-manager H11',
      preemptions: 1,
      within: 2000,
    },
    without: ['no-free-under-guard'],
  }),
]
