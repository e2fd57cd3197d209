{#- A seed is always made anew: tables of files cannot be emptied everywhere. -#}
{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if old_relation %}
    {% do adapter.drop_relation(old_relation) %}
  {% endif %}
  {{ return(create_csv_table(model, agate_table)) }}
{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
  {% set sql %}
    create table {{ this.render() }} ({{ _seed_columns(model, agate_table) }})
    {{- file_format_clause() }}
    {{- partition_cols(label='partitioned by') }}
    {{- clustered_cols(label='clustered by') }}
    {{- location_clause() }}
    {{- comment_clause() }}
  {% endset %}
  {% call statement('_') -%}
    {{ sql }}
  {%- endcall %}
  {{ return(sql) }}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
  {{ return(adapter.load_typed_rows(this, agate_table, model['config'].get('column_types', {}), get_batch_size())) }}
{% endmacro %}

{% macro spark__get_binding_char() %}
  {{ return('%s') }}
{% endmacro %}
