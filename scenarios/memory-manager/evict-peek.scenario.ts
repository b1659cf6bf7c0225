// A producer drops the oldest message of a queue of one while a consumer peeks the header of the front.

import { scenario } from 'heddle'
import { guardedBytesHold, oneFreePerMessage } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { PeekByIndexManager } from '../known-bad/memory-manager/peek-by-index.js'
import { Mailbox } from './mailbox.js'
import { locate, ManagerWorld, memoryOf, payloadOf, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** The token at the front of the queue. */
  readonly front = new Mailbox()
}

const MESSAGES = 3
const LOOKS = 3

export function evictPeek(subject: Subject) {
  return scenario<World>(nameFor('mm-evict-peek', subject), {
    about: 'the producer drops the front and stores again; the consumer peeks the header of the front',
    peers: { producer: 1, consumer: 1 },
    setup: () => new World(subject, 1, 2),
    peer: {
      producer(world, me) {
        const user = userOf(world, me)
        for (let message = 1; message <= MESSAGES; message++) {
          const oldest = world.front.take()
          if (oldest !== undefined) user.free(oldest)
          const token = user.store(payloadOf(message))
          if (token !== undefined) world.front.put(token)
        }
      },
      consumer(world, me) {
        const user = userOf(world, me)
        for (let looked = 0; looked < LOOKS; looked++) {
          const token = world.front.wait()
          if (token === undefined) return
          const guard = user.peek(token)
          me.sometimes('the front was evicted', user.refusal === 'MM_NOT_ALLOCATED')
          me.sometimes('the front was replaced', user.refusal === 'MM_STALE_TOKEN')
          me.sometimes('peeked the front', guard !== undefined)
          if (guard === undefined) continue
          user.look(guard)
          return
        }
      },
    },
    ...judgedBy(subject, [guardedBytesHold(memoryOf), oneFreePerMessage(memoryOf)], ['the front was evicted', 'the front was replaced', 'peeked the front']),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  evictPeek(good),
  evictPeek({
    name: 'peek-by-index',
    manager: PeekByIndexManager,
    knownBad: {
      breaks: ['one-free-per-message'],
      because: 'the slot holds another message when its header is peeked',
      hazard: 'memory-manager H7',
      preemptions: 1,
      within: 2000,
    },
    without: ['guarded-bytes-hold'],
  }),
]
