select o.id, p.name from {{ ref('orders') }} as o join {{ ref('people') }} as p on p.id = o.id
