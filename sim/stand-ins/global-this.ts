// The `globalThis` that instrumented modules see: the stand-ins under their names, the real global object for all else.

import { overlay } from './overlay.js'

/** @param standIns by name, that of `globalThis` itself among them; each may be an accessor, read when it is asked for */
export function createGlobalThis(standIns: object): typeof globalThis {
  return overlay(globalThis, Object.defineProperties({}, Object.getOwnPropertyDescriptors(standIns)))
}
