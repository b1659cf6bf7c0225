// The managers that a scenario is made for: the good one, and the known-bad variants that it must find.

import { SharedManager } from '../../primitives/qsbr/public.js'
import type { Judged } from '../judged.js'
import type { ManagerClass } from '../known-bad/qsbr/variant-manager.js'

export interface Subject extends Judged {
  readonly manager: ManagerClass
}

export const good: Subject = { manager: SharedManager }
