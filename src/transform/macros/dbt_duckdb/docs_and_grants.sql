{% macro duckdb_escape_comment(comment) -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('A comment must be a text, got: ' ~ comment) -%}
  {%- endif -%}
  {{ adapter.quote_literal(comment) }}
{%- endmacro %}

{% macro duckdb__alter_relation_comment(relation, relation_comment) %}
  comment on {{ 'view' if relation.is_view else 'table' }} {{ relation }} is {{ duckdb_escape_comment(relation_comment) }};
{% endmacro %}

{#- The caller leaves out what the relation lacks. What is described no longer loses its comment. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {%- for column in column_dict.values() %}
    comment on column {{ relation }}.{{ adapter.quote(column['name']) }} is {{ duckdb_escape_comment(column['description']) }};
  {%- endfor %}
{% endmacro %}

{#- DuckDB has no users, so there is nothing to grant. -#}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) %}
  {% if grant_config %}
    {% do adapter.warn_once('Grants have no effect in DuckDB: it has no users.') %}
  {% endif %}
{% endmacro %}

{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set wanted = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if wanted.unique }}index {{ adapter.quote(wanted.render(relation)) }}
  on {{ relation }} ({{ wanted.columns | map('tojson') | join(', ') }})
{%- endmacro %}

{#- A table with indexes can neither be renamed nor altered: they go first. -#}
{% macro drop_indexes_on_relation(relation) -%}
  {% set query %}
    select index_name from duckdb_indexes()
    where lower(schema_name) = lower({{ adapter.quote_literal(relation.schema) }}) and lower(table_name) = lower({{ adapter.quote_literal(relation.identifier) }})
  {% endset %}
  {% for row in run_query(query).rows %}
    {% do run_query('drop index if exists ' ~ adapter.quote(relation.schema) ~ '.' ~ adapter.quote(row[0])) %}
  {% endfor %}
{%- endmacro %}
