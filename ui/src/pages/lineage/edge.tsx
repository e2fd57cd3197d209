import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react'
import classes from './cards.module.css'
import { cardWidth, type Point } from './layout/index.js'

export type RoutedEdge = Edge<
  { route: readonly Point[]; isNear: boolean; isDim: boolean; isRunning: boolean },
  'routed'
>

/** A curve in the gaps between columns, a straight line where it passes a column: never behind a card. */
export function routedPath(from: Point, route: readonly Point[], to: Point): string {
  const parts = [`M${from.x},${from.y}`]
  let at = from
  const curveTo = (x: number, y: number) => {
    const middle = (at.x + x) / 2
    parts.push(`C${middle},${at.y} ${middle},${y} ${x},${y}`)
    at = { x, y }
  }
  for (const point of route) {
    curveTo(point.x, point.y)
    at = { x: point.x + cardWidth, y: point.y }
    parts.push(`L${at.x},${at.y}`)
  }
  curveTo(to.x, to.y)
  return parts.join(' ')
}

export function RoutedEdgePath({ id, sourceX, sourceY, targetX, targetY, data }: EdgeProps<RoutedEdge>) {
  return (
    <BaseEdge
      id={id}
      path={routedPath({ x: sourceX, y: sourceY }, data?.route ?? [], { x: targetX, y: targetY })}
      className={classes.edge ?? ''}
      data-is-near={data?.isNear}
      data-is-dim={data?.isDim}
      data-is-running={data?.isRunning}
      interactionWidth={0}
    />
  )
}
