// What replaces members of `node:worker_threads`: every peer is a thread of its own, set-up and invariants are the main thread.
// These are accessors, for the same module object serves all peers: they must be read where they are used.

import type workerThreads from 'node:worker_threads'
import { host } from '../host.js'

export function createWorkerThreads(real: typeof workerThreads): object {
  return {
    get threadId() {
      return host.current === undefined ? real.threadId : host.current.threadId
    },
    get isMainThread() {
      return host.current === undefined ? real.isMainThread : host.current.threadId === 0
    },
    get workerData() {
      // `null` is what Node gives where nobody passed any.
      return host.current === undefined ? real.workerData : null
    },
    get parentPort() {
      if (host.current === undefined) return real.parentPort
      return host.current.threadId === 0 ? null : host.current.refuse('worker_threads.parentPort')
    },
  }
}
