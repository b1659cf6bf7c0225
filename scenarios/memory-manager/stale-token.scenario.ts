// Two peers free one token, one of them stores again in the slot, and a queue entry that was never filled is freed.

import { scenario } from 'heddle'
import { oneFreePerMessage, oneMessagePerSlot } from '../../invariants/memory-manager/public.js'
import { INVALID_TOKEN } from '../../primitives/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { BareTokenManager } from '../known-bad/memory-manager/bare-token.js'
import { DefaultTokenValidManager } from '../known-bad/memory-manager/default-token-valid.js'
import { locate, ManagerWorld, memoryOf, payloadOf, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** Stored by the producer, known to both. */
  readonly token = this.stored(PRODUCER, 1)
}

const PRODUCER = 1

export function staleToken(subject: Subject) {
  return scenario<World>(nameFor('mm-stale-token', subject), {
    about: 'two frees and one store on one token, and a free of no token at all',
    peers: { consumer: 1, producer: 1 },
    setup: () => new World(subject, 1, 2),
    peer: {
      consumer(world, me) {
        const user = userOf(world, me)
        const freed = user.free(world.token)
        me.sometimes('the free came when the slot was empty', !freed && user.refusal === 'MM_NOT_ALLOCATED')
        me.sometimes('the free came when the slot had a newer message', !freed && user.refusal === 'MM_STALE_TOKEN')
        user.free(INVALID_TOKEN)
        me.sometimes('the empty queue entry was refused', user.refusal === 'MM_BAD_TOKEN')
        const guard = user.read(world.token)
        if (guard !== undefined) user.look(guard)
      },
      producer(world, me) {
        const user = userOf(world, me)
        const freed = user.free(world.token)
        me.sometimes('the consumer freed first', !freed)
        user.store(payloadOf(2))
      },
    },
    ...judgedBy(
      subject,
      [oneMessagePerSlot(memoryOf), oneFreePerMessage(memoryOf)],
      [
        'the free came when the slot was empty',
        'the free came when the slot had a newer message',
        'the empty queue entry was refused',
        'the consumer freed first',
      ],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  staleToken(good),
  staleToken({
    name: 'bare-token',
    manager: BareTokenManager,
    knownBad: {
      breaks: ['one-free-per-message'],
      because: 'an old token frees and reads whatever is in its slot now',
      hazard: 'memory-manager H3',
      preemptions: 0,
      within: 200,
    },
  }),
  staleToken({
    name: 'default-token-valid',
    manager: DefaultTokenValidManager,
    knownBad: {
      breaks: ['one-free-per-message'],
      because: 'a zeroed queue entry names slot 0',
      hazard: 'memory-manager H6',
      preemptions: 0,
      within: 200,
    },
  }),
]
