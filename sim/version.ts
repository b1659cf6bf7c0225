// Heddle's own version, from its package.json: one folder up in the sources, two in the build.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HEDDLE_ROOT } from './instrument/resolve.js'

export const HEDDLE_VERSION: string = JSON.parse(readFileSync(join(HEDDLE_ROOT, 'package.json'), 'utf8')).version
