// The colours of the reports. Reports are written against a palette, so that they are the same text with and without colour.

import { Chalk, type ColorSupportLevel } from 'chalk'
import type { Paint } from './text.js'

export interface Palette {
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly strong: Paint
  readonly dim: Paint
  readonly accent: Paint
  /** The colour of one lane; lanes next to each other differ. */
  lane(index: number): Paint
}

export type ColorLevel = ColorSupportLevel

export function palette(level: ColorLevel): Palette {
  const chalk = new Chalk({ level })
  const lanes: readonly Paint[] = [chalk.cyan, chalk.magenta, chalk.blue, chalk.yellow, chalk.green]
  return {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    strong: chalk.bold,
    dim: chalk.dim,
    accent: chalk.cyan,
    lane: (index) => lanes[index % lanes.length] as Paint,
  }
}

/** No colour at all: for files and tests. */
export const plain: Palette = palette(0)

/**
 * How much colour a stream gets. `NO_COLOR` (not empty) always wins; `FORCE_COLOR` comes next; a pipe gets none; a terminal
 * gets what was `detected`. chalk itself knows nothing of `NO_COLOR`, which is why this stands here.
 */
export function colorLevel(env: Readonly<Record<string, string | undefined>>, isTTY: boolean, detected: ColorLevel): ColorLevel {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 0
  switch (env.FORCE_COLOR) {
    case undefined:
      return isTTY ? detected : 0
    case '0':
    case 'false':
      return 0
    case '2':
      return 2
    case '3':
      return 3
    default:
      return 1
  }
}
