import { useCallback, useState } from 'react'

/**
 * The width inside an element. It is known before the element is painted first, so that what is placed by it does not
 * jump; undefined only while there is no element.
 */
export function useWidth<Of extends HTMLElement = HTMLDivElement>() {
  const [width, setWidth] = useState<number>()
  const ref = useCallback((element: Of) => {
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(element)
      setWidth(element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}
