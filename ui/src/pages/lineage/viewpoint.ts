import { useReactFlow, useStore } from '@xyflow/react'
import { useCallback, useEffect, useRef } from 'react'
import { cardHeight, cardWidth, type Layout, type Point } from './layout/index.js'

const margin = 24
/** Smaller than this nothing can be read: then the graph is shown from its beginning instead of as a whole. */
const readableFrom = { wide: 0.42, narrow: 0.62 }
const narrowBelow = 600

const glide = { duration: 250 }

/** Shows the whole graph where it can be read, else its beginning; follows the focus; keeps its place while data changes. */
export function useViewpoint(layout: Layout, focus: string | undefined): void {
  const show = useShowAll(layout)
  const { setCenter, getViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const shown = useRef<Layout>(undefined)
  const isReady = width > 0 && height > 0
  // Another width moves the view only where it hides the focus: that is what opening the panel does.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest are tools, and another height hides nothing
  useEffect(() => {
    if (!isReady) return
    const added = shown.current && newPlaces(shown.current, layout)
    const isFirst = shown.current === undefined
    shown.current = layout
    const target = focus === undefined ? undefined : layout.places.get(focus)
    const { x, y, zoom } = getViewport()
    if (target && !(isFirst && show.fits(1))) {
      const isSeen =
        !isFirst &&
        target.x * zoom + x > 0 &&
        (target.x + cardWidth) * zoom + x < width &&
        target.y * zoom + y > 0 &&
        (target.y + cardHeight) * zoom + y < height
      if (!isSeen)
        void setCenter(target.x + cardWidth / 2, target.y + cardHeight / 2, {
          zoom: isFirst ? 0.85 : Math.max(zoom, 0.6),
          ...(isFirst ? {} : glide),
        })
    } else if (added === undefined || added.length > 0) show.all(isFirst ? undefined : added)
  }, [isReady, layout, focus, width])
}

/** The places that another layout did not have; undefined when it is another graph altogether. */
function newPlaces(before: Layout, after: Layout): Point[] | undefined {
  const added = [...after.places].filter(([key]) => !before.places.has(key)).map(([, place]) => place)
  const isSame = added.length === 0 && before.places.size === after.places.size
  if (isSame) return []
  return added.length > 0 && added.length < after.places.size ? added : undefined
}

export function useShowAll(layout: Layout) {
  const { setViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const bounds = useCallback((points: readonly Point[]) => {
    const xs = points.map((point) => point.x)
    const ys = points.map((point) => point.y)
    const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    return { left: least(xs), right: most(xs) + cardWidth, top: least(ys), bottom: most(ys) + cardHeight }
  }, [])
  const zoomFor = ({ left, right, top, bottom }: ReturnType<typeof bounds>) =>
    Math.min((width - 2 * margin) / (right - left), (height - 2 * margin) / (bottom - top), 1)
  return {
    /** Whether everything can be read at once. */
    fits: (least: number) => zoomFor(bounds([...layout.places.values()])) >= least,
    all(points: readonly Point[] = [...layout.places.values()], isForced = false) {
      if (points.length === 0) return
      const box = bounds(points)
      const wanted = zoomFor(box)
      const zoom = isForced ? wanted : Math.max(wanted, width < narrowBelow ? readableFrom.narrow : readableFrom.wide)
      const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }
      const isWide = (box.right - box.left) * zoom > width
      const isTall = (box.bottom - box.top) * zoom > height
      void setViewport(
        {
          zoom,
          x: isWide ? margin - box.left * zoom : width / 2 - middle.x * zoom,
          y: isTall && !isForced ? margin - box.top * zoom : height / 2 - middle.y * zoom,
        },
        glide,
      )
    },
  }
}
