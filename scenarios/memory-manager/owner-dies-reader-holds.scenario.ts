// The owner of a message dies while a reader holds a guard on it: recovery waits for the reader. An adopt in time keeps the message.

import { scenario } from 'heddle'
import { guardedBytesHold, noFreeUnderGuard, nothingLeftOfTheDead, oneFreePerMessage } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { RecoveryFreesAdoptedManager } from '../known-bad/memory-manager/recovery-frees-adopted.js'
import { RecoveryWithoutLockManager } from '../known-bad/memory-manager/recovery-without-lock.js'
import { Mailbox } from './mailbox.js'
import { locate, ManagerWorld, memoryOf, payloadOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  readonly mailbox = new Mailbox()
}

const HOST = 2
/** Steps in which the owner goes on to live, or not, after it has sent. */
const STEPS_AFTER = 3

export function ownerDiesReaderHolds(subject: Subject) {
  return scenario<World>(nameFor('mm-owner-dies-reader-holds', subject), {
    about: 'the owner dies; recovery waits for a reader, and leaves a message that was adopted',
    peers: { reader: 1, owner: 1 },
    setup: () => new World(subject, 1, 3),
    peer: {
      owner(world, me) {
        const token = userOf(world, me).store(payloadOf(1))
        if (token === undefined) throw new Error('expected the only slot to be free, got none')
        world.mailbox.put(token)
        for (let step = 0; step < STEPS_AFTER; step++) me.step('does something else')
      },
      reader(world, me) {
        const user = userOf(world, me)
        const token = world.mailbox.wait()
        if (token === undefined) return
        const adopts = me.random(2) === 1
        const guard = user.read(token)
        me.sometimes('came too late', guard === undefined)
        const adopted = adopts && user.adopt(token)
        me.sometimes('adopted', adopted)
        if (guard !== undefined) user.look(guard)
        if (!adopted) return
        const freed = user.free(token)
        me.sometimes('freed what it adopted', freed)
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, HOST, me)
      userOf(world, me, HOST).store(payloadOf(2))
      world.mailbox.close()
    },
    faults: { crashes: 1, victims: ['owner'] },
    ...judgedBy(
      subject,
      [guardedBytesHold(memoryOf), noFreeUnderGuard(memoryOf), nothingLeftOfTheDead(memoryOf), oneFreePerMessage(memoryOf)],
      ['came too late', 'adopted', 'freed what it adopted', 'recovery freed a message', 'recovery was blocked'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  ownerDiesReaderHolds(good),
  ownerDiesReaderHolds({
    name: 'recovery-without-lock',
    manager: RecoveryWithoutLockManager,
    knownBad: {
      breaks: ['no-free-under-guard'],
      because: 'recovery does not wait for the readers of a message',
      hazard: 'memory-manager H11',
      preemptions: 1,
      within: 2000,
    },
    without: ['guarded-bytes-hold'],
  }),
  ownerDiesReaderHolds({
    name: 'recovery-frees-adopted',
    manager: RecoveryFreesAdoptedManager,
    knownBad: {
      breaks: ['one-free-per-message'],
      because: 'recovery frees a message that was adopted after it looked at the owner',
      preemptions: 1,
      within: 50_000,
    },
  }),
]
