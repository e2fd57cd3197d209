import type { AssetSpec } from '../contract/index.js'

/** A view holds no data: it shows whatever is upstream now. */
export const isView = ({ kinds }: Pick<AssetSpec, 'kinds'>): boolean => kinds.includes('dbt') && kinds.includes('view')
