// Two executors retire closures that throw, schedule more, and call what they must not.

import { type PeerHandle, scenario } from 'heddle'
import { entriesRunOnce, everythingIsFreed, refusalLeavesNoTrace } from '../../invariants/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { ClosureErrorAbortsManager } from '../known-bad/qsbr/closure-error-aborts.js'
import { RegisterCountsFirstManager } from '../known-bad/qsbr/register-counts-first.js'
import { ExecutorUser } from './executor-user.js'
import { describe, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

const PEERS = 2
const PASSES = 3

export function closures(subject: Subject) {
  return scenario<QsbrWorld>(nameFor('qsbr-closures', subject), {
    about: 'closures that throw, schedule, re-enter',
    peers: PEERS,
    setup: () => qsbrWorld(subject, PEERS),
    peer(world, me) {
      const user = new ExecutorUser(world, me)
      user.register()
      const { manager, local } = user
      user.mustThrow('a second registration of the thread', manager, 'registerNewExecutor', PEERS + me.id)
      user.mustThrow('a resume of who is not paused', local, 'resumeAfterTemporaryDeregister')
      user.mustThrow('a pass at no time', local, 'maybePassEpoch', Number.NaN)
      user.mustThrow('the eviction of who is not registered', manager, 'forceDeregister', 2 * PEERS)
      scheduleAll(user, me)
      passAll(user)
      user.replace()
      passAll(user)
      user.leave()
    },
    ...judgedBy<QsbrWorld>(
      subject,
      [entriesRunOnce(viewOf), refusalLeavesNoTrace(viewOf), everythingIsFreed()],
      ['what a closure scheduled was freed', 'an entry threw', 'a closure was refused'],
    ),
    describe,
    locate,
  })
}

/** An address and four closures: one throws, one schedules, one re-enters, and one stands behind them. */
function scheduleAll(user: ExecutorUser, me: PeerHandle): void {
  const { local } = user
  user.replace()
  user.scheduleDrop(() => {
    throw new ThrownOnPurpose()
  })
  user.scheduleDrop(() => {
    user.scheduleDrop(() => me.sometimes('what a closure scheduled was freed'))
  })
  user.scheduleDrop(() => {
    me.sometimes('a closure was refused')
    user.mustThrow('a pass from inside a closure', local, 'maybePassEpoch', 0)
    user.mustThrow('a pause from inside a closure', local, 'temporaryDeregister')
    user.mustThrow('a resume from inside a closure', local, 'resumeAfterTemporaryDeregister')
    user.mustThrow('a deregister from inside a closure', local, 'deregister', 0)
  })
  user.scheduleDrop(() => {})
}

function passAll(user: ExecutorUser): void {
  for (let pass = 0; pass < PASSES; pass++) user.pass()
}

class ThrownOnPurpose extends Error {}

export default [
  closures(good),
  closures({
    name: 'closure-error-aborts',
    manager: ClosureErrorAbortsManager,
    knownBad: {
      breaks: ['entries-run-once', 'everything-is-freed'],
      because: 'what stands behind an entry that throws is lost',
      hazard: 'qsbr H10',
      preemptions: 0,
      within: 1000,
    },
  }),
  closures({
    name: 'register-counts-first',
    manager: RegisterCountsFirstManager,
    knownBad: { breaks: ['refusal-leaves-no-trace'], because: 'a registration that is refused stays counted', hazard: 'qsbr H11', preemptions: 0, within: 100 },
    without: ['everything-is-freed'],
  }),
  closures({
    name: 'register-counts-first, waited for',
    manager: RegisterCountsFirstManager,
    knownBad: {
      breaks: ['everything-is-freed'],
      because: 'nobody passes for the registration that was refused',
      hazard: 'qsbr H11',
      preemptions: 0,
      within: 100,
    },
    without: ['refusal-leaves-no-trace'],
  }),
]
