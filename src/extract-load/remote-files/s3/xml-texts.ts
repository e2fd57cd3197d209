import { plainXmlText } from '../../../base/index.js'

/** The texts of all elements of a name. Answers of S3 are too plain to need more. */
export const textsIn = (xml: string, element: string): string[] => rawIn(xml, element).map(plainXmlText)

export const textIn = (xml: string, element: string): string | undefined => textsIn(xml, element)[0]

/** What stands within all elements of a name, which do not lie in each other. */
export const rawIn = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(([, inner = '']) => inner)
