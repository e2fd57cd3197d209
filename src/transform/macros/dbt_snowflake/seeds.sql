{% macro snowflake__create_csv_table(model, agate_table) %}
  {%- set types = model['config'].get('column_types', {}) -%}
  {%- set quoted = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do columns.append(adapter.quote_seed_column(name, quoted) ~ ' ' ~ types.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
  {%- endfor -%}
  {% set sql = 'create ' ~ ('transient ' if config.get('transient', true)) ~ 'table ' ~ this.render() ~ ' (' ~ (columns | join(', ')) ~ ')' %}
  {% call statement('_') -%}
    {{ sql }}
  {%- endcall %}
  {{ return(sql) }}
{% endmacro %}

{#- What is there stays until the rows come: readers never find the table empty. -#}
{% macro snowflake__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if full_refresh %}
    {{ adapter.drop_relation(old_relation) }}
    {{ return(create_csv_table(model, agate_table)) }}
  {% endif %}
  {{ return('') }}
{% endmacro %}

{#- All rows in one transaction, the first of them in the place of those that were there. -#}
{% macro snowflake__load_csv_rows(model, agate_table) %}
  {%- set statements = adapter.seed_statements(this, agate_table, model['config'].get('quote_columns', none), get_batch_size()) -%}
  {% call statement('rows') -%}
    {{ snowflake_dml_explicit_transaction(statements | join(';\n')) }}
  {%- endcall %}
  {{ return(adapter.seed_statements(this, agate_table, model['config'].get('quote_columns', none), 0) | first) }}
{% endmacro %}
