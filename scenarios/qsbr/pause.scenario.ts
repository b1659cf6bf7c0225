// Two executors pause, resume, retire and pass in any order; a third passes, reads, and keeps what it read.

import { type PeerHandle, scenario } from 'heddle'
import { epochMovesByOne, graceBeforeFree, localEpochKeepsUp, pendingWithinRegistered } from '../../invariants/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { PauseCountsTwiceManager } from '../known-bad/qsbr/pause-counts-twice.js'
import { PauseTagsLocalEpochManager } from '../known-bad/qsbr/pause-tags-local-epoch.js'
import { PauseThenDeregisterTwiceManager } from '../known-bad/qsbr/pause-then-deregister-twice.js'
import { ResumeKeepsManager } from '../known-bad/qsbr/resume-keeps-local.js'
import { ExecutorUser } from './executor-user.js'
import { describe, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

const OPERATIONS = 3
const PASSES_MAX = 3

export function pause(subject: Subject) {
  return scenario<QsbrWorld>(nameFor('qsbr-pause', subject), {
    about: 'pause, resume, retire, read in any order',
    peers: { reader: 1, pauser: 2 },
    setup: () => qsbrWorld(subject, 3),
    peer: {
      reader(world, me) {
        const user = new ExecutorUser(world, me)
        user.register()
        for (let passes = me.random(PASSES_MAX + 1); passes > 0; passes--) user.pass()
        user.read()
      },
      pauser(world, me) {
        const user = new ExecutorUser(world, me)
        user.register()
        user.pass()
        for (let operation = 0; operation < OPERATIONS; operation++) {
          const paused = user.local.inspect().phase === 'paused'
          if (paused) actPaused(world, user, me)
          else act(world, user, me)
        }
        me.sometimes('left while paused', user.local.inspect().phase === 'paused')
        user.tryLeave(0)
      },
    },
    ...judgedBy<QsbrWorld>(
      subject,
      [pendingWithinRegistered(viewOf), graceBeforeFree(), epochMovesByOne(viewOf), localEpochKeepsUp(viewOf)],
      ['paused one epoch behind', 'paused after it had passed', 'resumed two epochs later', 'resumed and freed', 'left while paused'],
    ),
    describe,
    locate,
  })
}

function act(world: QsbrWorld, user: ExecutorUser, me: PeerHandle): void {
  switch (me.random(3)) {
    case 0:
      user.replace()
      return
    case 1: {
      const { passed, localEpoch } = user.local.inspect()
      me.sometimes('paused one epoch behind', world.memory.epoch !== localEpoch)
      me.sometimes('paused after it had passed', passed && world.memory.epoch === localEpoch)
      user.pause()
      return
    }
    default:
      user.pass()
  }
}

function actPaused(world: QsbrWorld, user: ExecutorUser, me: PeerHandle): void {
  if (me.random(2) === 0) {
    me.step('stays away')
    return
  }
  me.sometimes('resumed two epochs later', world.memory.epoch - user.local.currentEpoch() >= 2)
  const freed = user.resume()
  me.sometimes('resumed and freed', freed > 0)
}

export default [
  pause(good),
  pause({
    name: 'pause-counts-twice',
    manager: PauseCountsTwiceManager,
    knownBad: {
      breaks: ['grace-before-free'],
      because: 'who passed and then pauses is counted twice, so the epoch moves without the pass of a third',
      hazard: 'qsbr H4',
      preemptions: 1,
    },
    without: ['pending-within-registered', 'local-epoch-keeps-up'],
  }),
  pause({
    name: 'resume-keeps-local',
    manager: ResumeKeepsManager,
    knownBad: { breaks: ['local-epoch-keeps-up'], because: 'who resumes goes on with the epoch from before', hazard: 'qsbr H5', preemptions: 1, within: 1000 },
  }),
  pause({
    name: 'pause-tags-local-epoch',
    manager: PauseTagsLocalEpochManager,
    knownBad: {
      breaks: ['grace-before-free'],
      because: 'the epoch has moved, and who has not noticed tags its bag with the one before',
      hazard: 'qsbr H6',
      preemptions: 1,
      within: 100_000,
    },
  }),
  pause({
    name: 'pause-then-deregister-twice',
    manager: PauseThenDeregisterTwiceManager,
    knownBad: {
      breaks: ['pending-within-registered'],
      because: 'who deregisters while paused is counted out a second time',
      hazard: 'qsbr H7',
      preemptions: 0,
      within: 1000,
    },
    without: ['local-epoch-keeps-up', 'grace-before-free'],
  }),
]
