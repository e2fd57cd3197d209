{#- What a schema holds, from PostgreSQL's own catalog: unlike the information schema it is fast and knows materialized views. -#}
{% macro postgres__list_relations_without_caching(schema_relation) %}
  {% set query %}
    select
      {{ adapter.quote_literal(schema_relation.database) }} as database, c.relname as name, n.nspname as schema,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and lower(n.nspname) = lower({{ adapter.quote_literal(schema_relation.schema) }})
    union all
    select distinct {{ adapter.quote_literal(schema_relation.database) }}, p.proname, n.nspname, 'function'
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where lower(n.nspname) = lower({{ adapter.quote_literal(schema_relation.schema) }})
  {% endset %}
  {% do return(run_query(query)) %}
{% endmacro %}

{#- A relation without a schema is a temporary one of this session. -#}
{% macro postgres__get_columns_in_relation(relation) -%}
  {%- set policy = relation.quote_policy -%}
  {%- set name = relation.identifier if policy.identifier else relation.identifier | lower -%}
  {%- set schema = relation.schema if policy.schema or not relation.schema else relation.schema | lower -%}
  {% set query %}
    select
      a.attname as column_name,
      case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, null) else pg_catalog.format_type(a.atttypid, null) end as data_type,
      information_schema._pg_char_max_length(a.atttypid, a.atttypmod) as character_maximum_length,
      information_schema._pg_numeric_precision(a.atttypid, a.atttypmod) as numeric_precision,
      information_schema._pg_numeric_scale(a.atttypid, a.atttypmod) as numeric_scale
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    {%- if relation.schema %}
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace and n.nspname = {{ adapter.quote_literal(schema) }}
    {%- endif %}
    where c.relname = {{ adapter.quote_literal(name) }}
      {%- if not relation.schema %}
      and c.relnamespace = pg_catalog.pg_my_temp_schema()
      {%- endif %}
      and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
    order by a.attnum
  {% endset %}
  {{ return(sql_convert_columns_in_relation(run_query(query))) }}
{%- endmacro %}

{#- Which relations stand on which: rows of (schema, name) of the one that depends and of the one it needs. -#}
{% macro postgres__get_relations() -%}
  {% set query %}
    select distinct vn.nspname as dependent_schema, v.relname as dependent_name,
      n.nspname as referenced_schema, c.relname as referenced_name
    from pg_catalog.pg_rewrite as r
    join pg_catalog.pg_class as v on v.oid = r.ev_class
    join pg_catalog.pg_namespace as vn on vn.oid = v.relnamespace
    join pg_catalog.pg_depend as d on d.objid = r.oid
      and d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
      and d.refobjid <> r.ev_class
    join pg_catalog.pg_class as c on c.oid = d.refobjid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname !~ '^(pg_|information_schema$)'
    order by 1, 2, 3, 4
  {% endset %}
  {% do return(run_query(query)) %}
{%- endmacro %}

{#- Older name. -#}
{% macro postgres_get_relations() %}
  {{ return(postgres__get_relations()) }}
{% endmacro %}

{#- Columns of the relations, or of whole schemas where no identifier is given. -#}
{% macro postgres__get_catalog_relations(information_schema, relations) -%}
  {% do adapter.verify_database(information_schema.database) %}
  {% set query %}
    select
      {{ adapter.quote_literal(information_schema.database) }} as table_database, n.nspname as table_schema, c.relname as table_name,
      case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as table_type,
      pg_catalog.obj_description(c.oid, 'pg_class') as table_comment,
      a.attname as column_name, a.attnum as column_index,
      pg_catalog.format_type(a.atttypid, a.atttypmod) as column_type,
      pg_catalog.col_description(c.oid, a.attnum) as column_comment,
      pg_catalog.pg_get_userbyid(c.relowner) as table_owner
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'v', 'f', 'p', 'm') and c.relpersistence in ('p', 'u')
      and (
        {%- for relation in relations %}
        (lower(n.nspname) = lower({{ adapter.quote_literal(relation.schema) }})
          {%- if relation.identifier %} and lower(c.relname) = lower({{ adapter.quote_literal(relation.identifier) }}){% endif %}){{ ' or ' if not loop.last }}
        {%- endfor %}
      )
    order by 2, 3, 7
  {% endset %}
  {% do return(run_query(query)) %}
{%- endmacro %}

{% macro postgres__get_catalog(information_schema, schemas) -%}
  {% set wanted = [] %}
  {% for schema in schemas %}
    {% do wanted.append({'schema': schema}) %}
  {% endfor %}
  {% do return(postgres__get_catalog_relations(information_schema, wanted)) %}
{%- endmacro %}
