// What peers report about a qsbr manager: with its shared word and the executors' own state, all that the qsbr invariants know. A scenario
// reports `me.event('passing')` before the call and `'passed'` after it, also where the call threw ReclaimError.
//
// Objects are the scenario's numbers for whatever is retired: addresses and closures alike. No number is used twice.

/** The peer has been registered: reported right after the call. */
export const REGISTERED = 'registered'
/** About to call `registerNewExecutor`. */
export const REGISTERING = 'registering'
/** It threw. */
export const REGISTER_REFUSED = 'register refused'

/** About to call `maybePassEpoch`: the peer holds nothing any more. */
export const PASSING = 'passing'
export const PASSED = 'passed'

/** About to call `temporaryDeregister`: the peer holds nothing any more. */
export const PAUSING = 'pausing'
export const PAUSED = 'paused'
/** About to call `resumeAfterTemporaryDeregister`. */
export const RESUMING = 'resuming'
export const RESUMED = 'resumed'

/** About to call `deregister`: the peer holds nothing any more. Data: its `waitMsMax`. */
export const LEAVING = 'leaving'
export const LEFT = 'left'
/** It threw DeregisterTimeoutError. */
export const LEAVE_TIMED_OUT = 'leave timed out'

/** After its last retirement the peer has passed so often, together with all others that are registered, that everything must be free by now. */
export const KEPT_PASSING = 'kept passing'

/** About to call `forceDeregister`. Data: the simulated peer that is evicted. */
export const EVICTING = 'evicting'
/** The call is over, whether the peer was registered or not. Data as before. */
export const EVICTED = 'evicted'

/** The peer holds a reference to an object. Data: the object. */
export const HOLDS = 'holds'
/** The peer hands an object over, which is unlinked by now: reported right before the call that schedules it. Data: the object. */
export const RETIRED = 'retired'
/** The object is being freed, by the peer that retired it: reported from inside `free`, or the closure. Data: the object. */
export const FREED = 'freed'

/** About to make a call that must throw and change nothing; data is any text that names the call. */
export const EXPECTING_REFUSAL = 'expecting refusal'
/** That call threw. */
export const REFUSED = 'refused'
/** That call returned. */
export const ACCEPTED = 'accepted'
