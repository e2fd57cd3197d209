{#- What DuckDB says differently about times and relations. -#}
{% macro duckdb__current_timestamp() -%}
  now()
{%- endmacro %}

{% macro duckdb__snapshot_get_time() -%}
  {{ current_timestamp() }}::timestamp
{%- endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {% call statement('drop_relation') -%}
    drop {{ relation.type }} if exists {{ relation }}{{ ' cascade' if not adapter.is_ducklake(relation) }}
  {%- endcall %}
{%- endmacro %}

{% macro duckdb__truncate_relation(relation) -%}
  {% call statement('truncate_relation') -%}
    delete from {{ relation }} where 1 = 1
  {%- endcall %}
{%- endmacro %}

{#- Temporary tables lie outside of every schema. -#}
{% macro duckdb__make_temp_relation(base_relation, suffix) %}
  {% do return(base_relation.incorporate(path={'database': none, 'schema': none, 'identifier': base_relation.identifier ~ suffix})) %}
{% endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}
    alter {{ 'view' if from_relation.is_view else 'table' }} {{ from_relation }} rename to {{ adapter.quote(to_relation.identifier) }}
  {%- endcall %}
{%- endmacro %}

{#- One column a statement: DuckDB's ALTER TABLE changes one thing at a time. -#}
{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% for column in add_columns or [] %}
    {% do run_query('alter table ' ~ relation ~ ' add column ' ~ adapter.quote_as_configured(column.name, 'identifier') ~ ' ' ~ column.data_type) %}
  {% endfor %}
  {% for column in remove_columns or [] %}
    {% do run_query('alter table ' ~ relation ~ ' drop column ' ~ adapter.quote_as_configured(column.name, 'identifier')) %}
  {% endfor %}
{% endmacro %}

{% macro duckdb__alter_column_type(relation, column_name, new_column_type) -%}
  {% call statement('alter_column_type') %}
    alter table {{ relation }} alter {{ adapter.quote(column_name) }} set data type {{ new_column_type }}
  {% endcall %}
{%- endmacro %}

{#- The engine's own CSV reader fills a seed, where it reads the values as dbt's inference did. -#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
  {%- set options = 'format csv, header true, delimiter ' ~ adapter.quote_literal(config.get('delimiter', ',')) ~ ", quote '\"', escape '\"'" -%}
  {% if adapter.can_copy_seed(agate_table) %}
    {% set path = adapter.get_seed_file_path(model) %}
    {% call statement('load_csv_rows') %}
      copy {{ this.render() }} from {{ adapter.quote_literal(path) }} ({{ options }})
    {% endcall %}
    {{ return('copy ' ~ this.render()) }}
  {% endif %}
  {{ return(default__load_csv_rows(model, agate_table)) }}
{% endmacro %}
