// One executor passes, one reads what a third has published and keeps it. The third registers during a switch, publishes an object, retires it and passes.

import { scenario } from 'heddle'
import { epochMovesByOne, noReferenceToTheFreed, passesOnceAnEpoch, pendingWithinRegistered } from '../../invariants/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { TwoWordsManager, TwoWordsOneEpochManager } from '../known-bad/qsbr/two-words.js'
import { Fate } from '../varslot-pool/fate.js'
import { ExecutorUser } from './executor-user.js'
import { describe, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

interface World extends QsbrWorld {
  /** How far the first two are: the passer passes as the last of them. */
  readonly stage: Fate
}

const BEGIN = 0
const PASSER_REGISTERED = 1
const READER_PASSED = 2

const EARLY_PASSES = 2
/** One to pass in the old epoch, and for each of the two that follow one to notice it and one to pass. */
const LATE_PASSES = 5

export function lateRegister(subject: Subject) {
  return scenario<World>(nameFor('qsbr-late-register', subject), {
    about: 'a third registers during a switch, publishes, retires',
    peers: { passer: 1, reader: 1, late: 1 },
    setup: () => ({ ...qsbrWorld(subject, 3, 0), stage: new Fate() }),
    peer: {
      passer(world, me) {
        const user = new ExecutorUser(world, me)
        user.register()
        world.stage.set(PASSER_REGISTERED)
        world.stage.waitWhile(PASSER_REGISTERED)
        for (let pass = 0; pass < EARLY_PASSES; pass++) user.pass()
      },
      reader(world, me) {
        const user = new ExecutorUser(world, me)
        world.stage.waitWhile(BEGIN)
        user.register()
        user.pass()
        world.stage.set(READER_PASSED)
        user.awaitLink()
        user.read()
      },
      late(world, me) {
        const user = new ExecutorUser(world, me)
        user.register()
        me.sometimes('registered after a switch', world.memory.epoch > 0)
        user.publish()
        user.replace()
        for (let pass = 0; pass < LATE_PASSES; pass++) {
          const freed = user.pass()
          me.sometimes('freed what it had published', freed > 0)
        }
      },
    },
    ...judgedBy<World>(
      subject,
      [noReferenceToTheFreed(), pendingWithinRegistered(viewOf), passesOnceAnEpoch(viewOf), epochMovesByOne(viewOf)],
      ['registered after a switch', 'freed what it had published'],
    ),
    describe,
    locate,
  })
}

export default [
  lateRegister(good),
  lateRegister({
    name: 'two-words, one epoch',
    manager: TwoWordsOneEpochManager,
    knownBad: {
      breaks: ['passes-once-an-epoch'],
      because: 'who registers between the switch and the raise passes in the new epoch under the old number, and then again',
      hazard: 'qsbr H2',
      preemptions: 2,
      within: 200_000,
    },
    without: ['no-reference-to-the-freed'],
  }),
  lateRegister({
    name: 'two-words, one epoch, held',
    manager: TwoWordsOneEpochManager,
    knownBad: {
      breaks: ['no-reference-to-the-freed'],
      because: 'the object of who registered between the switch and the raise is freed under its reader',
      hazard: 'qsbr H2',
      preemptions: 2,
    },
    without: ['passes-once-an-epoch'],
  }),
  lateRegister({
    name: 'two-words',
    manager: TwoWordsManager,
    knownBad: {
      breaks: ['no-reference-to-the-freed'],
      because: 'also with three bags the gap frees too early: the second pass of the newcomer stands for that of a reader',
      hazard: 'qsbr H3',
      preemptions: 4,
      within: 200_000,
    },
    without: ['passes-once-an-epoch'],
  }),
]
