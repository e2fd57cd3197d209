{#- A load job makes the table with its rows; one without rows is made by a statement. -#}
{% macro bigquery__create_csv_table(model, agate_table) %}
  {% if (agate_table.rows | length) == 0 %}
    {% set made = default__create_csv_table(model, agate_table) %}
    {{ set_seed_options(model) }}
    {% do return(made) %}
  {% endif %}
{% endmacro %}

{% macro bigquery__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% do adapter.drop_relation(old_relation) %}
  {% do return(bigquery__create_csv_table(model, agate_table)) %}
{% endmacro %}

{% macro bigquery__load_csv_rows(model, agate_table) %}
  {% if (agate_table.rows | length) == 0 %}
    {% do return('') %}
  {% endif %}
  {% do adapter.load_dataframe(
    model['database'], model['schema'], model['alias'], agate_table, model['config'].get('column_types', {}), model['config']['delimiter']
  ) %}
  {{ set_seed_options(model) }}
  {% if config.persist_relation_docs() and 'description' in model %}
    {% do adapter.update_table_description(model['database'], model['schema'], model['alias'], model['description']) %}
  {% endif %}
{% endmacro %}

{% macro set_seed_options(model) %}
  {% call statement() %}
    alter table {{ this.render() }} set {{ bigquery_table_options(config, model) }}
  {% endcall %}
{% endmacro %}

{#- A file of this machine into a table. -#}
{% macro bigquery__upload_file(local_file_path, database, table_schema, table_name) %}
  {% do exceptions.raise_compiler_error('upload_file is not written here: make the file a seed, or load it by a connection.') %}
{% endmacro %}
