// All bodies, by name.

import type { Body } from './attempt.test.support.js'
import { fileBodies } from './file-bodies.test.support.js'
import { nameBodies } from './name-bodies.test.support.js'
import { wholeFileBodies } from './whole-file-bodies.test.support.js'

export const bodies: Readonly<Record<string, Body>> = { ...fileBodies, ...nameBodies, ...wholeFileBodies }
