select half, {{ dbt.listagg('note', "', '") }} as notes, {{ dbt.any_value('half') }} as one, {{ dbt.bool_or('id > 1') }} as has_more
from {{ ref('orders') }} group by half
