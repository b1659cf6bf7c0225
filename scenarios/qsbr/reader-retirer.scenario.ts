// A reader follows a link, uses what it finds and passes, while a retirer replaces it, retires it and passes.

import { type PeerHandle, scenario } from 'heddle'
import { graceBeforeFree, localEpochKeepsUp, noReferenceToTheFreed, twoClosedBags } from '../../invariants/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { OneEpochManager } from '../known-bad/qsbr/one-epoch.js'
import { ExecutorUser } from './executor-user.js'
import { describe, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

const READS = 3

export function readerRetirer(subject: Subject) {
  return scenario<QsbrWorld>(nameFor('qsbr-reader-retirer', subject), {
    about: 'load, use, pass against unlink, retire, pass',
    peers: { reader: 1, retirer: 1 },
    setup: () => qsbrWorld(subject, 2),
    peer: {
      reader(world, me) {
        const user = new ExecutorUser(world, me)
        user.register()
        for (let read = 0; read < READS; read++) {
          user.read()
          me.step('uses it')
          user.pass()
        }
      },
      retirer(world, me) {
        const user = new ExecutorUser(world, me)
        user.register()
        user.replace()
        passAndTell(user, me)
        user.replace()
        passAndTell(user, me)
        passAndTell(user, me)
      },
    },
    ...judgedBy<QsbrWorld>(
      subject,
      [graceBeforeFree(), noReferenceToTheFreed(), localEpochKeepsUp(viewOf), twoClosedBags(viewOf)],
      ['freed something', 'had two closed bags'],
    ),
    describe,
    locate,
  })
}

function passAndTell(user: ExecutorUser, me: PeerHandle): void {
  const freed = user.pass()
  me.sometimes('freed something', freed > 0)
  me.sometimes('had two closed bags', user.local.inspect().closedBags.length === 2)
}

export default [
  readerRetirer(good),
  readerRetirer({
    name: 'one-epoch',
    manager: OneEpochManager,
    knownBad: {
      breaks: ['grace-before-free'],
      because: 'the reader passed before the retirement, so the next epoch proves nothing about it',
      hazard: 'qsbr H1',
      preemptions: 1,
      within: 1000,
    },
  }),
  readerRetirer({
    name: 'one-epoch, held',
    manager: OneEpochManager,
    knownBad: {
      breaks: ['no-reference-to-the-freed'],
      because: 'the reader holds what is freed',
      hazard: 'qsbr H1',
      preemptions: 1,
    },
    without: ['grace-before-free'],
  }),
]
