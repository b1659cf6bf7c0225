// Files and directories, apart from their names.

import type { Arena } from './arena.js'
import { Contents } from './contents.js'

/** Where a file or directory stands. There are no hard links, so it stands in one place. */
export interface Place {
  readonly directory: Directory
  readonly name: string
}

abstract class Node {
  readonly inode: number
  /** Permission bits. They are shown, and not enforced: peers run as the superuser. */
  mode: number
  readonly bornMs: number
  /** When the contents last changed: for a directory, its names. */
  modifiedMs: number
  /** When anything last changed. */
  changedMs: number
  /** The last place it had, as peers see it; undefined for the root. */
  place: Place | undefined
  /** Whether it has a name, as peers see it. */
  isNamed = true
  /** The place it has on the disk, without changes that are not synced. */
  durablePlace: Place | undefined

  constructor(inode: number, mode: number, nowMs: number) {
    this.inode = inode
    this.mode = mode
    this.bornMs = nowMs
    this.modifiedMs = nowMs
    this.changedMs = nowMs
  }

  touch(nowMs: number): void {
    this.modifiedMs = nowMs
    this.changedMs = nowMs
  }
}

export class RegularFile extends Node {
  readonly contents: Contents

  constructor(inode: number, mode: number, nowMs: number, arena: Arena) {
    super(inode, mode, nowMs)
    this.contents = new Contents(arena)
  }
}

export class Directory extends Node {
  /** What stands in it, by name. */
  readonly entries = new Map<string, AnyNode>()
  /** The same on the disk, without changes that are not synced. */
  readonly durable = new Map<string, AnyNode>()
}

export type AnyNode = RegularFile | Directory

/** The absolute path of the last place that it had. */
export function pathOf({ place }: AnyNode): string {
  return place === undefined ? '/' : pathIn(place.directory, place.name)
}

export function pathIn(directory: Directory, name: string): string {
  const parent = pathOf(directory)
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}
