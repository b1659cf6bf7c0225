// A writer throws half-way through a message. Nobody reads what it left; the message is freed, and its slot is as good as new.

import { scenario } from 'heddle'
import { guardedBytesHold, nothingLeftOfTheDead, poisonMeansBrokenWrite, refusalLeavesNothing } from '../../invariants/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { PoisonLosesSlotManager } from '../known-bad/memory-manager/poison-loses-slot.js'
import { locate, ManagerWorld, memoryOf, payloadOf, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** Stored by the writer, known to both. */
  readonly token = this.stored(WRITER, 1)
}

const WRITER = 1

export function poison(subject: Subject) {
  return scenario<World>(nameFor('mm-poison', subject), {
    about: 'a writer throws inside withWrite; the message is read, freed and replaced',
    peers: { reader: 1, writer: 1 },
    setup: () => new World(subject, 1, 2),
    peer: {
      writer(world, me) {
        const user = userOf(world, me)
        user.failToWrite(world.token, 2)
        const guard = user.write(world.token)
        me.sometimes('a poisoned message was refused to a writer', user.refusal === 'MM_POISONED')
        if (guard !== undefined) user.change(guard, 3)
      },
      reader(world, me) {
        const user = userOf(world, me)
        const guard = user.read(world.token)
        me.sometimes('a poisoned message was refused to a reader', user.refusal === 'MM_POISONED')
        if (guard !== undefined) user.look(guard)
        const freed = user.free(world.token)
        me.sometimes('a poisoned message was freed', freed && guard === undefined)
        const token = user.store(payloadOf(4))
        const fresh = token === undefined ? undefined : user.read(token)
        if (fresh !== undefined) user.look(fresh)
      },
    },
    ...judgedBy(
      subject,
      [poisonMeansBrokenWrite(memoryOf), nothingLeftOfTheDead(memoryOf), refusalLeavesNothing(memoryOf), guardedBytesHold(memoryOf)],
      ['a poisoned message was refused to a reader', 'a poisoned message was refused to a writer', 'a poisoned message was freed'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  poison(good),
  poison({
    name: 'poison-loses-slot',
    manager: PoisonLosesSlotManager,
    knownBad: {
      breaks: ['nothing-left-of-the-dead'],
      because: 'the slot of a poisoned message is never listed again',
      hazard: 'memory-manager H4',
      preemptions: 0,
      within: 200,
    },
    without: ['poison-means-broken-write'],
  }),
]
