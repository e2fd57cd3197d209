{#- Every column of the relations, or of whole schemas where no identifier is given. -#}
{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {% set query %}
    with relation as (
      select database_name, schema_name, table_name as name, 'BASE TABLE' as type, comment
      from duckdb_tables() where not internal
      union all
      select database_name, schema_name, view_name, 'VIEW', comment
      from duckdb_views() where not internal
    )
    select
      relation.database_name as table_database, relation.schema_name as table_schema, relation.name as table_name,
      relation.type as table_type, relation.comment as table_comment,
      columns.column_name, columns.column_index, columns.data_type as column_type, columns.comment as column_comment,
      null as table_owner
    from relation
    join duckdb_columns() as columns
      on columns.database_name = relation.database_name
      and columns.schema_name = relation.schema_name
      and columns.table_name = relation.name
    where (
      {%- for relation in relations %}
      (lower(relation.database_name) = lower({{ adapter.quote_literal(relation.database or information_schema.database) }})
        and lower(relation.schema_name) = lower({{ adapter.quote_literal(relation.schema) }})
        {%- if relation.identifier %} and lower(relation.name) = lower({{ adapter.quote_literal(relation.identifier) }}){% endif %}){{ ' or ' if not loop.last }}
      {%- endfor %}
    )
    order by 1, 2, 3, 7
  {% endset %}
  {% do return(run_query(query)) %}
{%- endmacro %}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {% set wanted = [] %}
  {% for schema in schemas %}
    {% do wanted.append({'database': information_schema.database, 'schema': schema}) %}
  {% endfor %}
  {% do return(duckdb__get_catalog_relations(information_schema, wanted)) %}
{%- endmacro %}
